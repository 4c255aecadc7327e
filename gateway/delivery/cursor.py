"""A room's order as this gateway hands it out: every event once, in sequence, whatever the bus loses or turns round."""

from collections import deque
from collections.abc import Iterable

from chatflow.wire.bus import Published

# A few seconds of a busy room: enough for those who reconnect at once, little enough to keep for every active room.
TAIL_EVENTS = 256
TAIL_CHARACTERS = 128 * 1024
# Events that came too early and wait for the missing ones; past this they are fetched again with those.
HELD_EVENTS = 2000
# What one client had to have fetched, the next ones that return probably need too, until the room moves on.
LENGTHENED_CHARACTERS = 512 * 1024


class Cursor:
    """Stands at `head`, the last event that is due to everybody, and knows of events up to `known_head`."""

    def __init__(self, head: int) -> None:
        self.head = head
        self.known_head = head
        self._held: dict[int, Published] = {}
        self._tail: deque[Published] = deque()
        self._tail_characters = 0

    @property
    def is_behind(self) -> bool:
        return self.known_head > self.head

    def hear_of(self, head: int) -> None:
        """The room is known to have events up to here."""
        self.known_head = max(self.known_head, head)

    def accept(self, event: Published) -> list[Published]:
        """Take an event from wherever it comes; return those that are due now, in order."""
        if event.seq <= self.head:
            return []
        if event.seq > self.head + 1:
            self.hear_of(event.seq)
            if len(self._held) < HELD_EVENTS:
                self._held[event.seq] = event
            return []
        due = [event]
        self._pass(event)
        while self._held and (held := self._held.pop(self.head + 1, None)) is not None:
            due.append(held)
            self._pass(held)
        return due

    def since(self, seq: int) -> list[Published] | None:
        """Return the events after this seq up to head, or None where the tail does not reach back so far."""
        if seq >= self.head:
            return []
        if not self._tail or self._tail[0].seq > seq + 1:
            return None
        return [event for event in self._tail if event.seq > seq]

    def tail_begins_after(self) -> int:
        """Return the seq from which on the tail is whole."""
        return self._tail[0].seq - 1 if self._tail else self.head

    def lengthen_tail(self, events: Iterable[Published]) -> None:
        """Put older events before the tail, as far as they join it."""
        for event in sorted(events, key=lambda event: event.seq, reverse=True):
            if event.seq == self.tail_begins_after() and self._tail_characters < LENGTHENED_CHARACTERS:
                self._tail.appendleft(event)
                self._tail_characters += len(event.packet)

    def drop_tail(self) -> None:
        self._tail.clear()
        self._tail_characters = 0

    def _pass(self, event: Published) -> None:
        self.head = event.seq
        self.hear_of(event.seq)
        self._tail.append(event)
        self._tail_characters += len(event.packet)
        while len(self._tail) > TAIL_EVENTS or self._tail_characters > TAIL_CHARACTERS:
            self._tail_characters -= len(self._tail.popleft().packet)
