"""Runs that end with their test, whatever happened in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from chatflow.supervisor.plan import ProcessPlan
from tests.chatflow.supervisor.run import Supervised

StartRun = Callable[..., Supervised]


@pytest.fixture
def start_run(tmp_path: Path) -> Iterator[StartRun]:
    runs: list[Supervised] = []

    def start(*processes: ProcessPlan, **more: Any) -> Supervised:
        runs.append(Supervised(tmp_path, list(processes), **more))
        return runs[-1]

    yield start
    for run in runs:
        end_by_force(run)


def end_by_force(run: Supervised) -> None:
    """End what a failed test left running."""
    if run.supervisor.poll() is None:
        family = run.family()
        run.supervisor.kill()
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=5)
        run.supervisor.wait()
    if run.supervisor.stdout is not None:
        run.supervisor.stdout.close()
