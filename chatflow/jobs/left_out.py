"""Which jobs a source leaves out that reads the owed ones anew each time: those taken, and those left for later."""

import time
from collections.abc import Callable, Iterable, Sequence

from chatflow.wire.outbox import Job

# As many jobs may wait for a later time: no source looks for others behind so many.
LATER_LIMIT = 5000


class LeftOut:
    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # Jobs of batches that are not done yet.
        self._taken: set[Job] = set()
        # Jobs that are left for later, each with its time.
        self._later: dict[Job, float] = {}

    def take(self, jobs: Iterable[Job]) -> None:
        """Leave these out until `let_go`."""
        self._taken.update(jobs)

    def let_go(self, jobs: Iterable[Job]) -> None:
        self._taken.difference_update(jobs)

    def leave_for(self, seconds: float, *, jobs: Sequence[Job]) -> None:
        until = self._monotonic() + seconds
        for job in jobs[: LATER_LIMIT - len(self._later)]:
            self._later[job] = until

    def now(self) -> set[Job]:
        """Return all that is left out at this moment; ask before reading, for what is let go while one reads."""
        now = self._monotonic()
        self._later = {job: until for job, until in self._later.items() if until > now}
        return self._taken | self._later.keys()
