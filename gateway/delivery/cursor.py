"""Puts a room's events in order: each is handed out once and in sequence, whatever the bus loses or reorders."""

from collections import deque
from collections.abc import Iterable

from chatflow.wire.bus import Published

# A few seconds of a busy room: enough for clients that reconnect at once, and little enough for every active room.
TAIL_EVENTS = 256
TAIL_CHARACTERS = 128 * 1024
# How many early events wait for the missing ones; any beyond this are fetched again together with those.
EARLY_EVENTS = 2000
# The tail may grow to this by events fetched for one client: the next clients that return probably need them too.
LENGTHENED_CHARACTERS = 512 * 1024


class Cursor:
    """Stands at `head`, the seq of the last event handed out, and knows that events up to `known_head` exist."""

    def __init__(self, head: int) -> None:
        self.head = head
        self.known_head = head
        self._early: dict[int, Published] = {}
        self._tail: deque[Published] = deque()
        self._tail_characters = 0

    @property
    def is_behind(self) -> bool:
        return self.known_head > self.head

    def note_head(self, head: int) -> None:
        """Note that the room has events up to this seq."""
        self.known_head = max(self.known_head, head)

    def accept(self, event: Published) -> list[Published]:
        """Take an event from the bus or the log; return the events that are due now, in order."""
        if event.seq <= self.head:
            return []
        if event.seq > self.head + 1:
            self.note_head(event.seq)
            if len(self._early) < EARLY_EVENTS:
                self._early[event.seq] = event
            return []
        due = [event]
        self._pass(event)
        while self._early and (early := self._early.pop(self.head + 1, None)) is not None:
            due.append(early)
            self._pass(early)
        return due

    def since(self, seq: int) -> list[Published] | None:
        """Return the events after this seq up to head, or None if the tail does not reach back that far."""
        if seq >= self.head:
            return []
        if not self._tail or self._tail[0].seq > seq + 1:
            return None
        return [event for event in self._tail if event.seq > seq]

    def tail_begins_after(self) -> int:
        """Return the seq after which every event is in the tail."""
        return self._tail[0].seq - 1 if self._tail else self.head

    def lengthen_tail(self, events: Iterable[Published]) -> None:
        """Put older events before the tail, as far as they join it without a gap."""
        for event in sorted(events, key=lambda event: event.seq, reverse=True):
            if event.seq == self.tail_begins_after() and self._tail_characters < LENGTHENED_CHARACTERS:
                self._tail.appendleft(event)
                self._tail_characters += len(event.packet)

    def drop_tail(self) -> None:
        self._tail.clear()
        self._tail_characters = 0

    def _pass(self, event: Published) -> None:
        self.head = event.seq
        self.note_head(event.seq)
        self._tail.append(event)
        self._tail_characters += len(event.packet)
        while len(self._tail) > TAIL_EVENTS or self._tail_characters > TAIL_CHARACTERS:
            self._tail_characters -= len(self._tail.popleft().packet)
