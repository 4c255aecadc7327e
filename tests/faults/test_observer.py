"""A fault run that stood still says so."""

import asyncio
import time

from tests.chatflow.conditions import until
from tests.checker.records import FaultBegan, FaultHealed
from tests.faults.observer import STALLED_SECONDS, watch_observer


async def test_what_blocks_the_run_is_recorded_from_its_begin_to_its_end() -> None:
    noted: list[FaultBegan | FaultHealed] = []
    watching = asyncio.create_task(watch_observer(noted.append))
    await asyncio.sleep(0)
    begun = time.monotonic()
    time.sleep(STALLED_SECONDS + 0.2)  # noqa: ASYNC251 - this is what it is about
    ended = time.monotonic()
    await until(lambda: len(noted) == 2)
    watching.cancel()

    assert noted[0].at <= begun
    assert noted[1].at >= ended
