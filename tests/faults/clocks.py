"""Clocks that jump: what a process reads as the time of day is shifted by as many seconds as a file of its name says.

Only fault runs have this. The monotonic clock goes on, as it does on a machine whose clock is set.
"""

import time
from pathlib import Path

# How often a process looks whether its clock was set.
LOOK_EVERY_SECONDS = 0.1


class Clock:
    """The time of day of one process, and the hand that sets it."""

    def __init__(self, folder: Path, *, process: str) -> None:
        self._path = folder / f"{process}.clock"
        self._true_time = time.time
        self._looked_at = 0.0
        self._shift_seconds = 0.0

    def set(self, seconds: float) -> None:
        """Let the process's clock jump by so many seconds."""
        self._path.write_text(str(seconds))

    def put_right(self) -> None:
        self._path.unlink(missing_ok=True)

    def read(self) -> float:
        now = time.monotonic()
        if now - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = now
            self._shift_seconds = self._shift()
        return self._true_time() + self._shift_seconds

    def install(self) -> None:
        """Make it this process's clock; to be called before anything else takes the true one."""
        time.time = self.read

    def _shift(self) -> float:
        try:
            return float(self._path.read_text() or 0.0)
        except FileNotFoundError:
            return 0.0
