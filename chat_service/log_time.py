"""The time that a worker stamps events with: message_service's, as its last answer gave it, not this machine's.

So one clock stamps the events of all rooms and is checked in one place; a worker's own clock changes no stamp.
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

    def note(self, now: float | None) -> None:
        """Take the time from an answer; None comes from a message_service that does not send it yet."""
        if now is not None:
            self._ahead_seconds = now - self._elapsed()

    def read(self) -> float:
        """Return wall-clock seconds. A worker that decides has loaded a room, and so has noted the time."""
        return self._clock() if self._ahead_seconds is None else self._elapsed() + self._ahead_seconds
