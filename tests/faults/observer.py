"""Notices when the fault run itself stands still, because then nobody can say when anything was seen."""

import asyncio
import time
from collections.abc import Callable

from tests.checker.faults import OBSERVER_STALLED
from tests.checker.records import FaultBegan, FaultHealed

CHECK_EVERY_SECONDS = 0.1
# Less is noise of a busy machine; this much would be charged to whoever is watched.
STALLED_SECONDS = 1.0

Note = Callable[[FaultBegan | FaultHealed], None]


async def watch_observer(note: Note) -> None:
    """Record each time that this process did not run for a while, as a fault of the run itself."""
    number = 0
    while True:
        slept_at = time.monotonic()
        await asyncio.sleep(CHECK_EVERY_SECONDS)
        now = time.monotonic()
        if now - slept_at > STALLED_SECONDS:
            number += 1
            name = f"{OBSERVER_STALLED} #{number}"
            note(FaultBegan(at=slept_at, fault=name))
            note(FaultHealed(at=now, fault=name))
