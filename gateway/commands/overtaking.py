"""Keeps a client's commands from overtaking one that it has to send again: what it sent behind that one fails as well.

When a command ends undecided, more may be on their way from a client that does not know it yet. They are refused until
it is known to know.
"""

from bisect import bisect_left, insort
from typing import NamedTuple

from chatflow.errors import Internal, TimedOut, Unavailable

# The errors of a command that was not decided, so that its client sends it again.
UNDECIDED = (Unavailable, TimedOut, Internal)
# A client that has sent nothing again for so long gave up. What it sends now was hardly on its way all that time.
GIVEN_UP_SECONDS = 5.0
# Whoever has more of them in one room is kept in order only by sending them again in order.
FAILURES_AT_MOST = 1_000


class Failure(NamedTuple):
    """A command that ended undecided; `number` counts failures, and `place` commands as they first came."""

    place: int
    number: int
    cid: str


class Failures:
    """The commands of one lane that ended undecided and have not come again. Only those with a cid count.

    A client gets its answers in order. So one that sends a command again knows of its failure and of all before.
    """

    def __init__(self) -> None:
        self._by_cid: dict[str, Failure] = {}
        self._by_place: list[Failure] = []
        self._count = 0
        # The last failure of which the client knows.
        self._known = 0
        self.ends_at = 0.0

    def note(self, cid: str, *, place: int, now: float) -> None:
        """Note that a command ended undecided."""
        self.ends_at = now + GIVEN_UP_SECONDS
        self._forget(cid)
        self._remember(cid, place)

    def admit(self, cid: str | None, *, place: int, now: float) -> int | None:
        """Return the place of a command that may be decided now, or None if it would overtake another."""
        again = None if cid is None else self._forget(cid)
        if again is not None:
            place = again.place
            self._known = max(self._known, again.number)
            self.ends_at = now + GIVEN_UP_SECONDS
        while self._by_place and self._by_place[0].place < place:
            first = self._by_place[0]
            if first.number > self._known:
                if cid is not None:
                    self._remember(cid, place)
                return None
            # Its client knows, and sends something later first.
            self._forget(first.cid)
        return place

    def _remember(self, cid: str, place: int) -> None:
        if len(self._by_place) < FAILURES_AT_MOST:
            self._count += 1
            failure = self._by_cid[cid] = Failure(place, self._count, cid)
            insort(self._by_place, failure)

    def _forget(self, cid: str) -> Failure | None:
        failure = self._by_cid.pop(cid, None)
        if failure is not None:
            del self._by_place[bisect_left(self._by_place, failure)]
        return failure
