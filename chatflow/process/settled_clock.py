"""The time by which old things are deleted: the wall clock, once it has long agreed with the machine's running time.

A wall clock that is weeks ahead, even for a minute, makes everything look old. So each deletion by age is skipped until
the clock is settled: so long after it was last set, or after the process began, as before that nothing checked it.
"""

import time
from collections.abc import Callable

import structlog

from chatflow.process.elapsed import elapsed_seconds

log = structlog.get_logger(__name__)

# More than time servers, drift and leap seconds move a clock. Whatever is deleted has been dead for as long.
SET_SECONDS = 3600.0
# Long enough to reach a time server and for people to notice, and shorter than from one restart to the next.
SETTLING_SECONDS_AT_MOST = 6 * 3600.0


class SettledClock:
    """For one thread that asks it in each turn: a clock set and put right between two turns has done no harm."""

    def __init__(
        self,
        *,
        grace_seconds: float,
        wall: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = elapsed_seconds,
    ) -> None:
        self._settling_seconds = min(grace_seconds, SETTLING_SECONDS_AT_MOST)
        self._wall = wall
        self._elapsed = elapsed
        self._since = elapsed()
        self._ahead = wall() - self._since
        log.info("deletions by age wait until the wall clock has stood long enough", seconds=self._settling_seconds)

    def read(self) -> float | None:
        """Return the time in wall-clock seconds; None while nothing may be deleted by it."""
        wall, elapsed = self._wall(), self._elapsed()
        ahead = wall - elapsed
        if abs(ahead - self._ahead) > SET_SECONDS:
            log.warning("the wall clock was set, so deletions by age wait", by=ahead - self._ahead)
            self._ahead, self._since = ahead, elapsed
        return wall if elapsed - self._since >= self._settling_seconds else None
