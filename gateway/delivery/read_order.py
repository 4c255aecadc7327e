"""Which of a person's positions in a room is the newest: answers and signals may arrive in another order than moves."""

import time
from collections.abc import Callable
from typing import NamedTuple

# Longer than any answer may take, so that what comes later than this is late for another reason than this order.
KEPT_SECONDS = 15.0


class Position(NamedTuple):
    seq: int
    moves: int


class ReadOrder:
    """Remembers the newest positions of the last seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._young: dict[tuple[str, str], Position] = {}
        self._old: dict[tuple[str, str], Position] = {}
        self._young_since = clock()

    def note(self, user_id: str, room_id: str, position: Position) -> Position:
        """Return the newest position that is known, this one included. One with 0 moves is always the newest."""
        if self._clock() - self._young_since >= KEPT_SECONDS:
            self._young, self._old = {}, self._young
            self._young_since = self._clock()
        key = (user_id, room_id)
        known = self._young.get(key) or self._old.get(key)
        if known is not None and 0 < position.moves < known.moves:
            return known
        self._young[key] = position
        return position
