"""A supervisor in a process of its own, running small processes in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.plan import Plan, ProcessPlan, write_plan
from chatflow.supervisor.process_table import READY, Row, read_table
from tests.servers.ports import find_free_port

ROOT = Path(__file__).parents[3]
SMALL_SERVICE = Path(__file__).with_name("small_service.py")
WITHIN_SECONDS = 15.0


class Supervised:
    """A supervisor at work on a plan, whose processes are known by name."""

    def __init__(
        self,
        folder: Path,
        processes: list[ProcessPlan],
        *,
        afterwards: list[str] | None = None,
        data_lock_fd: int | None = None,
    ) -> None:
        self.data_dir = folder / "data"
        prepare_data_folder(self.data_dir)
        plan = Plan(
            data_dir=self.data_dir,
            root_dir=ROOT,
            address="http://localhost:0",
            processes=processes,
            afterwards=afterwards,
            data_lock_fd=data_lock_fd,
        )
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "chatflow.supervisor.running", str(write_plan(plan))],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[] if data_lock_fd is None else [data_lock_fd],
        )

    def until_ready(self) -> dict[str, Row]:
        self.until(lambda: bool(self.rows()) and all(row.state == READY for row in self.rows().values()))
        return self.rows()

    def rows(self) -> dict[str, Row]:
        return {row.name: row for row in read_table(self.data_dir)}

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.supervisor.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Send the signal and return all that was said."""
        self.supervisor.send_signal(number)
        return self.end()

    def end(self) -> str:
        """Wait for the end and return all that was said."""
        return self.supervisor.communicate(timeout=WITHIN_SECONDS)[0]

    def until(self, condition: Callable[[], bool]) -> None:
        wait_until(condition, unless=lambda: self.supervisor.poll() is not None)

    def log(self, name: str) -> str:
        return (self.data_dir / "logs" / f"{name}.log").read_text()


def small(name: str, *, stage: int = 0, habit: str = "none") -> ProcessPlan:
    port = find_free_port()
    return ProcessPlan(
        name=name, argv=[sys.executable, str(SMALL_SERVICE), name, str(port), habit], stage=stage, port=port
    )


def wait_until(condition: Callable[[], bool], *, unless: Callable[[], bool] = lambda: False) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not condition():
        assert not unless(), "it ended meanwhile"
        assert time.monotonic() < deadline, f"not within {WITHIN_SECONDS} s"
        time.sleep(0.01)


def chatflow(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the `chatflow` command to its end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "chatflow", *arguments],
        cwd=ROOT,
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )
