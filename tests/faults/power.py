"""Power cuts: a process dies, and of its files only that is left which it had told the disk to keep.

A kill leaves the kernel's cache, so that what was never synced survives it; only fault runs can take it away.
"""

import ctypes
from pathlib import Path
from typing import NoReturn

from tests.faults.shims import build_shim

SHIM = "power_shim"


class PowerSwitch:
    """What cuts the power of one process, and of those that follow under its name; `data` is what it writes to."""

    def __init__(self, folder: Path, *, process: str, data: Path) -> None:
        self._path = folder / f"{process}.power"
        self._data = data

    def cut(self) -> None:
        """Let the process, whichever has the name now, be without power within milliseconds."""
        self._path.touch()

    def environment(self) -> dict[str, str]:
        """Return what puts a process that is started with it on this switch; the shim is to be preloaded."""
        return {"POWER_SHIM_FOLDER": str(self._data), "POWER_SHIM_CUT": str(self._path)}

    @staticmethod
    def library() -> Path:
        return build_shim(SHIM)


def cut_own_power() -> NoReturn:
    """Be without power, now; only in a process that has the shim."""
    ctypes.CDLL(None).power_cut()
    raise AssertionError("a process without power goes on")
