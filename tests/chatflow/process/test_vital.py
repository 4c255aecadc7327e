"""A process whose vital task failed does not go on as if it lived."""

import asyncio
import itertools
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from chatflow.leases.port import LeaseKeeper, new_lease
from chatflow.process.vital import EXIT_STATUS, start_vital
from tests.chatflow.conditions import until

THREAD = """
import time
from chatflow.process.vital import start_vital_thread

def fail():
    raise LookupError("what nobody thought of")

start_vital_thread(fail, name="heart")
time.sleep(20)
"""

TASK = """
import asyncio
from chatflow.process.processes import run_service
from chatflow.process.vital import start_vital

async def fail():
    raise LookupError("what nobody thought of")

async def main(settings, stop):
    start_vital(fail(), name="heart")
    await stop.wait()

run_service(main, service="gateway")
"""


@pytest.mark.parametrize("program", [TASK, THREAD], ids=["task", "thread"])
def test_a_process_ends_when_a_vital_part_of_it_fails(program: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert ended.returncode == EXIT_STATUS, ended.stdout
    assert re.search("the vital (task|thread) heart failed", ended.stdout)
    assert "what nobody thought of" in ended.stdout


async def test_a_vital_task_may_be_cancelled() -> None:
    reported = reports()
    task = start_vital(asyncio.Event().wait(), name="heart")  # type: ignore[arg-type]
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert reported == []


async def test_a_lease_that_is_renewed_no_more_is_reported(valkey_url: str) -> None:
    reported = reports()
    valid = iter([None])
    # By this clock the lease was lost at each renewal, and what is called then fails the second time.
    hours = itertools.count(step=3600)
    keeper = LeaseKeeper(
        valkey_url, kind="worker", lease=new_lease("one"), on_valid=lambda: next(valid), monotonic=lambda: next(hours)
    )
    await keeper.start()
    await until(lambda: reported != [])
    assert reported[0]["message"] == "the vital task lease failed"
    await keeper.release()


def reports() -> list[dict[str, Any]]:
    """Return what the event loop is told from now on."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    return told
