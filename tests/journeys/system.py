"""The real product for a journey: `chatflow up` on a free port and its own folder, whose processes can be killed."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.memory import held_bytes
from chatflow.process.settings import LIMITS, PREFIX
from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import dying_with_us

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "chatflow", "up"]
READY_WITHIN_SECONDS = 60.0
STOPPED_WITHIN_SECONDS = 15.0
CHECK_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class Process:
    """One row of `run/processes.json`."""

    name: str
    # None while nobody lives under that name.
    pid: int | None
    state: str


class System:
    """One installation; `start` and `stop` may alternate, the data stays."""

    def __init__(
        self, folder: Path, *, settings: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND
    ) -> None:
        self.data = folder / "data"
        self.log = folder / "chatflow.log"
        self.port = find_free_port()
        self.url = f"http://{LOCALHOST}:{self.port}"
        self._command = [*command, "--port", str(self.port), "--data", str(self.data)]
        self._environment = product_environment(settings or {})
        self._supervisor: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        self.spawn()
        self.wait_until_ready()

    def spawn(self) -> None:
        """Start it without waiting."""
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                [*dying_with_us(), *self._command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, *, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        """Wait until the address takes traffic and every process says that it is ready."""
        self._wait(
            lambda: self.answers("/ready") and all(process.state == "ready" for process in self.processes()),
            what="is not ready",
            within_seconds=within_seconds,
        )

    def stop(self) -> None:
        """End it as an operator does, and see that it leaves nothing behind."""
        if self._supervisor is None or self._supervisor.poll() is not None:
            return
        family = self._family()
        self._supervisor.terminate()
        try:
            self._supervisor.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill_all(family)
            raise RuntimeError(f"chatflow up does not stop:\n{self.log_tail()}") from None
        finally:
            self._supervisor = None
        _, alive = psutil.wait_procs(family, timeout=2)
        if alive:
            self._kill_all(alive)
            raise RuntimeError(f"chatflow up left behind: {alive}")

    def kill(self, name: str, *, by: signal.Signals = signal.SIGKILL) -> int:
        """End one process and return its id; the supervisor is expected to bring it back."""
        pid = self.process(name).pid
        if pid is None:
            raise RuntimeError(f"{name} is not running: {self.processes()}")
        os.kill(pid, by)
        return pid

    def wait_until_replaced(self, name: str, *, dead_pid: int, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        self._wait(
            lambda: self.process(name).pid not in (None, dead_pid) and self.process(name).state == "ready",
            what=f"did not replace {name}",
            within_seconds=within_seconds,
        )
        self.wait_until_ready(within_seconds=within_seconds)

    def kill_everything(self) -> None:
        """SIGKILL the supervisor and all that it started, at once, as a power cut would."""
        family = self._family()
        self._kill_all(family)
        assert self._supervisor is not None
        self._supervisor.wait()
        self._supervisor = None

    def processes(self) -> list[Process]:
        try:
            rows = json.loads((self.data / "run" / "processes.json").read_bytes())
        except FileNotFoundError:
            return []
        return [Process(row["name"], row["pid"], row["state"]) for row in rows]

    def process(self, name: str) -> Process:
        return next(process for process in self.processes() if process.name == name)

    def names_of(self, kind: str) -> list[str]:
        """Return the names of all processes of that kind, of some of which there can be several."""
        return [process.name for process in self.processes() if process.name.partition("-")[0] == kind]

    def running(self, kind: str) -> list[psutil.Process]:
        """Return all processes of that kind as the kernel knows them."""
        return [psutil.Process(self.process(name).pid) for name in self.names_of(kind)]

    def log_of(self, kind: str) -> str:
        """Return what all processes of that kind have written down."""
        return "".join((self.data / "logs" / f"{name}.log").read_text() for name in self.names_of(kind))

    def held_bytes(self) -> dict[str, int]:
        """Return what each process holds in memory, and all of files; those without a name are the supervisor's."""
        names = {process.pid: process.name for process in self.processes()}
        return held_bytes((names.get(process.pid, "supervisor"), process.pid) for process in self._family())

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=2) as response:  # noqa: S310
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def _family(self) -> list[psutil.Process]:
        assert self._supervisor is not None
        supervisor = psutil.Process(self._supervisor.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def _kill_all(self, family: list[psutil.Process]) -> None:
        for process in family:
            # One that ended by itself is as dead as we want it.
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family[1:], timeout=5)

    def _wait(self, condition: Callable[[], bool], *, what: str, within_seconds: float) -> None:
        deadline = time.monotonic() + within_seconds
        while not condition():
            if self._supervisor is not None and self._supervisor.poll() is not None:
                raise RuntimeError(f"chatflow up ended with {self._supervisor.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"chatflow up {what} after {within_seconds} s: {self.processes()}\n{self.log_tail()}"
                )
            time.sleep(CHECK_EVERY_SECONDS)


@contextmanager
def open_system(
    folder: Path, *, settings: Mapping[str, str] | None = None, command: Sequence[str] = COMMAND
) -> Iterator[System]:
    """Run an installation of its own for as long as the context lasts."""
    system = System(folder, settings=settings, command=command)
    try:
        system.start()
        yield system
    finally:
        system.stop()


def product_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without anybody's settings: an unknown one is fatal, a known one would mislead.

    Without limits too: hundreds of people come from this one address, and some of them send as fast as they can.
    """
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CHATFLOW_", "TEST_"))}
    unlimited = {f"{PREFIX}{name.upper()}": "0" for name in LIMITS}
    return {**ours, **unlimited, **settings}
