"""The time by which old things are deleted: the wall clock, once it has stood beside the machine's running time.

A wall clock that is weeks ahead, be it for a minute, makes everything look old. So what deletes by age passes its turn
over until the clock has stood: since the process began, for nothing ran along before, or since it was set last.
"""

import time
from collections.abc import Callable

import structlog

from chatflow.process.elapsed import elapsed_seconds

log = structlog.get_logger(__name__)

# Farther than time servers, drifting and leap seconds move a clock. What is deleted has been dead for as long.
SET_SECONDS = 3600.0
# Long enough for a time server to be reached and for people to notice, and shorter than from one restart to the next.
STANDS_SECONDS_AT_MOST = 6 * 3600.0


class StandingClock:
    """For one thread, which asks it each turn: what was set and put right between two turns has harmed nothing."""

    def __init__(
        self,
        *,
        grace_seconds: float,
        wall: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = elapsed_seconds,
    ) -> None:
        self._stands_seconds = min(grace_seconds, STANDS_SECONDS_AT_MOST)
        self._wall = wall
        self._elapsed = elapsed
        self._since = elapsed()
        self._ahead = wall() - self._since
        log.info("what goes by age waits until the wall clock has stood", seconds=self._stands_seconds)

    def read(self) -> float | None:
        """Return the time in wall-clock seconds; None while nothing may be deleted by it."""
        wall, elapsed = self._wall(), self._elapsed()
        ahead = wall - elapsed
        if abs(ahead - self._ahead) > SET_SECONDS:
            log.warning("the wall clock was set, and what goes by age waits", by=ahead - self._ahead)
            self._ahead, self._since = ahead, elapsed
        return wall if elapsed - self._since >= self._stands_seconds else None
