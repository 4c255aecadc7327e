"""The time that a worker stamps events with: message_service's, as its last answer told it, never this machine's.

So all rooms are stamped by one clock, which is doubted in one place; what a worker's own clock says moves no stamp.
"""

import time
from collections.abc import Callable

from chatflow.process.elapsed import elapsed_seconds


class LogTime:
    def __init__(
        self, *, clock: Callable[[], float] = time.time, elapsed: Callable[[], float] = elapsed_seconds
    ) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._ahead_seconds: float | None = None

    def hear(self, now: float | None) -> None:
        """Take what an answer says; None is a message_service that does not tell yet."""
        if now is not None:
            self._ahead_seconds = now - self._elapsed()

    def read(self) -> float:
        """Return wall-clock seconds. Whoever decides has loaded a room, and so has heard the time."""
        return self._clock() if self._ahead_seconds is None else self._elapsed() + self._ahead_seconds
