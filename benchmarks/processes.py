"""Processes that are measured, and those they need: started on a free port, kept to a processor, ended."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chatflow.supervisor.valkey import find_valkey

LOCALHOST = "127.0.0.1"
LISTENS_WITHIN_SECONDS = 20.0
STOPPED_WITHIN_SECONDS = 5.0


@dataclass(frozen=True)
class Redis:
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{LOCALHOST}:{self.port}/0"


@contextmanager
def open_process(
    command: list[str | Path], *, port: int, log: Path, cwd: Path | None = None, **environment: str
) -> Iterator[int]:
    """Run a server until the block ends; yields its process id once it listens."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=cwd, env=without_chatflow(os.environ) | environment
        )
    try:
        deadline = time.monotonic() + LISTENS_WITHIN_SECONDS
        while not listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not listen; see {log}: {log.read_text()[-500:]}")
            time.sleep(0.02)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def open_redis(folder: Path) -> Iterator[Redis]:
    """A Valkey of its own, that keeps nothing."""
    redis = Redis(free_port(), secrets.token_urlsafe(24))
    config = folder / "valkey.conf"
    config.touch(mode=0o600)
    config.write_text(
        f'port {redis.port}\nbind {LOCALHOST}\nrequirepass {redis.password}\ndir "{folder}"\nsave ""\nappendonly no\n'
        # A subscriber that is behind by a batch of messages is no broken one.
        "client-output-buffer-limit pubsub 256mb 256mb 60\n"
    )
    with open_process([find_valkey(), config], port=redis.port, log=folder / "valkey.log") as pid:
        keep_to_processor(pid, 1)
        yield redis


def keep_to_processor(pid: int, number: int) -> None:
    """Keep all threads of a process on one processor; on a machine with only one there is nothing to keep apart."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) > 1:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {available[number]})


def run_program(binary: Path, *, processor: int | None = 1, **options: object) -> str:
    """Run one of our load clients to its end, and return what it prints."""
    process = subprocess.Popen(
        [binary, *(f"{name}={value}" for name, value in options.items())],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if processor is not None:
        keep_to_processor(process.pid, processor)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{binary.name} failed: {errors.strip() or process.returncode}")
    return output


def without_chatflow(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("CHATFLOW_")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOCALHOST, port)) == 0


PYTHON = Path(sys.executable)
