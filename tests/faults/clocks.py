"""Clocks that jump: what a process reads as the time of day, in Python or not, is shifted as a file of its name says.

Only fault runs have this. The monotonic clock goes on, as it does on a machine whose clock is set.
"""

import struct
from pathlib import Path

from tests.faults.shims import build_shim, preloaded

SHIM = "clock_shim"


class Clock:
    """Sets the time of day for one process, and for later processes of its name."""

    def __init__(self, folder: Path, *, process: str) -> None:
        self._path = folder / f"{process}.clock"

    def set(self, seconds: float) -> None:
        """Set the process's clock so many seconds ahead of the true time."""
        with self._path.open("r+b" if self._path.exists() else "wb") as file:
            file.write(struct.pack("=q", int(seconds * 1e9)))

    def put_right(self) -> None:
        self.set(0)

    def environment(self) -> dict[str, str]:
        """Return what makes it the clock of a process that is started with it."""
        return preloaded(self.variables(), self.library())

    def variables(self) -> dict[str, str]:
        return {"CLOCK_SHIM_FILE": str(self._path)}

    @staticmethod
    def library() -> Path:
        return build_shim(SHIM)
