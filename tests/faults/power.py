"""Power cuts: a process dies, and only what it had synced is left of its files.

A kill leaves the kernel's cache, so that what was never synced survives it; only fault runs can take it away.
"""

import ctypes
from pathlib import Path
from typing import NoReturn

from tests.faults.shims import build_shim

SHIM = "power_shim"


class PowerSwitch:
    """Cuts the power of one process, and of later ones of its name; `data` is where it writes."""

    def __init__(self, folder: Path, *, process: str, data: Path) -> None:
        self._path = folder / f"{process}.power"
        self._data = data

    def cut(self) -> None:
        """Cut the power of the process that has this name now, within milliseconds."""
        self._path.touch()

    def environment(self) -> dict[str, str]:
        """Return what puts a process that is started with it on this switch; the shim is to be preloaded."""
        return {"POWER_SHIM_FOLDER": str(self._data), "POWER_SHIM_CUT": str(self._path)}

    @staticmethod
    def library() -> Path:
        return build_shim(SHIM)


def cut_own_power() -> NoReturn:
    """Cut this process's own power now; it must have the shim."""
    ctypes.CDLL(None).power_cut()
    raise AssertionError("a process without power goes on")
