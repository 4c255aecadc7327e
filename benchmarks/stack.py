"""A running ChatFlow to measure: started from nothing in a folder of its own, its processes' costs readable."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.memory import held_bytes
from chatflow.process.settings import LIMITS, PREFIX
from chatflow.supervisor.process_table import READY, read_table

READY_WITHIN_SECONDS = 120.0
STOPPED_WITHIN_SECONDS = 15.0
UNLIMITED = {f"{PREFIX}{name.upper()}": "0" for name in LIMITS}


@dataclass(frozen=True)
class Stack:
    """Where it answers, and what each process has used so far."""

    port: int
    data_dir: Path
    supervisor: int
    processes: dict[str, int]
    ports: dict[str, int]

    def cpu_seconds(self) -> dict[str, float]:
        """User and system time of each process that lives, and its children."""
        return {name: tree_cpu_seconds(pid) for name, pid in self.processes.items() if psutil.pid_exists(pid)}

    def resident_megabytes(self) -> dict[str, float]:
        """What each process and its children hold, and all together of files, in millions of bytes."""
        trees = [(name, process.pid) for name, pid in self.processes.items() for process in tree_of(pid)]
        held = held_bytes([*trees, ("supervisor", self.supervisor)])
        return {name: size / 1e6 for name, size in held.items()}


@contextmanager
def open_stack(data_dir: Path, *options: str, **environment: str) -> Iterator[Stack]:
    """Run `chatflow up` on a free port, with no limit on what one person or address may do, until the block ends."""
    command = [sys.executable, "-m", "chatflow", "up", "--port", "0", "--data", str(data_dir), *options]
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "up.log").open("wb") as log:
        supervisor = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **UNLIMITED, **environment})
    try:
        yield read_when_ready(data_dir, supervisor)
    finally:
        supervisor.terminate()
        supervisor.wait(STOPPED_WITHIN_SECONDS)


def read_when_ready(data_dir: Path, supervisor: subprocess.Popen[bytes]) -> Stack:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        rows = read_table(data_dir)
        gateways = [row for row in rows if row.name.startswith("gateway")]
        if gateways and all(row.state == READY for row in rows):
            processes = {row.name: row.pid for row in rows if row.pid is not None}
            ports = {row.name: row.port for row in rows}
            return Stack(gateways[0].port, data_dir, supervisor.pid, processes, ports)
        time.sleep(0.05)
    raise RuntimeError(f"the stack did not become ready; see {data_dir / 'up.log'}")


def tree_cpu_seconds(pid: int) -> float:
    times = [process.cpu_times() for process in tree_of(pid)]
    return sum(spent.user + spent.system for spent in times)


def tree_of(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]
