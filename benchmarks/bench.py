"""What every row is given: the folder to work in, how thorough to be, and a voice."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.result import Measure


@dataclass
class Bench:
    """`quick` asks for a figure in seconds, good enough to see that the row works."""

    folder: Path
    quick: bool = False
    _begun: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Tell whoever waits what goes on."""
        sys.stderr.write(f"{time.monotonic() - self._begun:7.1f} s  {text}\n")
        sys.stderr.flush()

    def pick(self, full: float, quick: float) -> float:
        """Return one of two sizes of the same thing."""
        return quick if self.quick else full

    def count(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def repeat(self, what: str, unit: str, once: Callable[[], float], *, times: int = 3) -> Measure:
        """Take a figure several times, or once in a hurry."""
        values = []
        for _ in range(1 if self.quick else times):
            values.append(once())
            self.say(f"  {what}: {values[-1]:,.4g} {unit}")
        return Measure(what, unit, values)

    @contextmanager
    def room(self, name: str) -> Iterator[Path]:
        """An empty folder for one run; what a run leaves there is removed, unless it failed."""
        folder = self.folder / "runs" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
