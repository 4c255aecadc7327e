"""A room as this gateway holds it: its cursor, and the sockets that are let in."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gateway.delivery.cursor import Cursor
from gateway.engine.session import EngineSession
from gateway.sessions.connection import Connection

if TYPE_CHECKING:
    from chatflow.protocol.objects import Room
    from chatflow.wire.reads import RoomRow

# Who types and how far others have read is a courtesy: in larger rooms it would be most of the traffic.
SMALL_ROOM_MEMBERS = 200


class Listeners:
    """An audience of the engine: some of a room's listeners, as they are now."""

    def __init__(self, members: list[EngineSession]) -> None:
        self.members = members


class RoomStream(Cursor):
    """An audience of the engine. It lives while sockets listen, someone is being let in (`holds`), or hides it."""

    def __init__(self, room_id: str, head: int) -> None:
        super().__init__(head)
        self.room_id = room_id
        self.listeners: dict[Connection, EngineSession] = {}
        # Rows, true at head, of those who are here and hide the room until its next message.
        self.hidden_from: dict[str, RoomRow] = {}
        self.holds = 0
        # Facts of the room that deciding who gets what needs; unknown until a row has told them.
        self.kind: str | None = None
        self.history: str | None = None
        self.member_count = 0
        self.last_event_at = 0.0
        # When it came into doubt, by the clock of `CatchUp`; a doubt ends with its stream.
        self.doubted_at: int | None = None
        # When the last comparison with the log began, by the same clock.
        self.compared_at = -1
        # Whether a look at what is still missing is due already.
        self.is_waiting = False
        self._waiters: dict[asyncio.Future[None], int] = {}

    @property
    def members(self) -> Iterable[EngineSession]:
        return self.listeners.values()

    @property
    def is_wanted(self) -> bool:
        return bool(self.listeners or self.hidden_from) or self.holds > 0

    @property
    def is_small(self) -> bool:
        """Whether its members are told of each other's typing and reading. Where no row has told how many there are,
        those who listen here are counted, whom it would cost."""
        members = len(self.listeners) if self.kind is None else self.member_count
        return members <= SMALL_ROOM_MEMBERS

    def learn(self, room: "Room") -> None:
        """Take over what a row says of the room; to be called with a row that was folded up to head."""
        self.kind = room.kind
        self.history = room.history
        self.member_count = room.member_count

    def forget_facts(self) -> None:
        """Take what rows and events have told for unknown, until the next row."""
        self.kind = self.history = None
        self.member_count = 0

    def split(self, *, at: int) -> "tuple[Listeners, Listeners]":
        """Return who listens and was in the room at this seq, and who came later, or may have."""
        witnesses, newcomers = Listeners([]), Listeners([])
        for connection, session in self.listeners.items():
            joined_seq = connection.joined_seqs.get(self.room_id)
            was_there = joined_seq is not None and joined_seq <= at
            (witnesses if was_there else newcomers).members.append(session)
        return witnesses, newcomers

    async def reach(self, seq: int) -> None:
        """Return once head is at or past this seq."""
        if self.head < seq:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters[waiter] = seq
            try:
                await waiter
            finally:
                # Whoever gave up too: a room that stays behind would gather them.
                self._waiters.pop(waiter, None)

    def wake(self) -> None:
        """Let those go on who waited for what has come."""
        for waiter, seq in self._waiters.items():
            if seq <= self.head and not waiter.done():
                waiter.set_result(None)
