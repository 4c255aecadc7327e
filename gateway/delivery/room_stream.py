"""A room at this gateway: its cursor, and the sockets that get its events."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.delivery.cursor import Cursor
from gateway.engine.session import EngineSession
from gateway.sessions.connection import Connection

if TYPE_CHECKING:
    from chatflow.protocol.objects import Room
    from chatflow.wire.reads import RoomRow

# Typing and others' read positions are told in small rooms only: in larger ones they would be most of the traffic.
SMALL_ROOM_MEMBERS = 200


class Listeners:
    """An audience of the engine: some of a room's listeners at this moment."""

    def __init__(self, sessions: list[EngineSession]) -> None:
        self.sessions = sessions


class RoomStream(Cursor):
    """An audience of the engine. It lives while sockets listen, one is being let in (`keepers`), or one hides it."""

    def __init__(self, room_id: str, head: int) -> None:
        super().__init__(head)
        self.room_id = room_id
        self.listeners: dict[Connection, EngineSession] = {}
        # The rows, true at head, of people here who hide the room until its next message.
        self.hidden_from: dict[str, RoomRow] = {}
        self.keepers = 0
        # What decides who gets what; unknown until a row has told them.
        self.kind: str | None = None
        self.history: str | None = None
        self.member_count = 0
        self.last_event_at = 0.0
        # When it was last to be rechecked, by the clock of `Missing`; None if it was compared with the log since.
        self.recheck_asked_at: int | None = None
        # When the last comparison with the log began, by the same clock.
        self.compared_at = -1
        # Whether a check for missing events is scheduled already.
        self.is_waiting = False
        self._waiters: dict[asyncio.Future[None], int] = {}

    @property
    def sessions(self) -> Iterable[EngineSession]:
        return self.listeners.values()

    @property
    def is_wanted(self) -> bool:
        return bool(self.listeners or self.hidden_from) or self.keepers > 0

    @property
    def is_small(self) -> bool:
        """Whether members are told of each other's typing and reading. If no row has told the number of members yet,
        the listeners here are counted: they are the ones it would cost."""
        members = len(self.listeners) if self.kind is None else self.member_count
        return members <= SMALL_ROOM_MEMBERS

    def learn(self, room: "Room") -> None:
        """Take over from a row what decides who gets what; the row must be folded up to head."""
        self.kind = room.kind
        self.history = room.history
        self.member_count = room.member_count

    def forget_room(self) -> None:
        """Treat what a row said of the room as unknown until the next row."""
        self.kind = self.history = None
        self.member_count = 0

    def split(self, *, at: int) -> "tuple[Listeners, Listeners]":
        """Return the listeners who were members at this seq, and those who joined later, or may have."""
        witnesses, newcomers = Listeners([]), Listeners([])
        for connection, session in self.listeners.items():
            joined_seq = connection.joined_seqs.get(self.room_id)
            was_there = joined_seq is not None and joined_seq <= at
            (witnesses if was_there else newcomers).sessions.append(session)
        return witnesses, newcomers

    async def reach(self, seq: int) -> None:
        """Return once head is at or past this seq."""
        if self.head < seq:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters[waiter] = seq
            try:
                await waiter
            finally:
                # Also after a cancellation: a room that stays behind would collect waiters.
                self._waiters.pop(waiter, None)

    def wake(self) -> None:
        """Wake those whose awaited seq has been reached."""
        for waiter, seq in self._waiters.items():
            if seq <= self.head and not waiter.done():
                waiter.set_result(None)
