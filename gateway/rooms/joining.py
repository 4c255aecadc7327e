"""Lets sockets into rooms, each at a seq p of the room's stream: its row is true at p, and its events begin after p."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from chatflow.errors import NotAMember
from chatflow.protocol.objects import Room
from chatflow.wire.bus import RoomAppeared
from chatflow.wire.reads import PersonRooms, RoomRow
from gateway.delivery.delivery import Delivery
from gateway.delivery.event_fields import ENDS_MEMBERSHIP, moved_member, new_history
from gateway.delivery.room_stream import RoomStream
from gateway.rooms.hidden_rooms import HiddenRooms
from gateway.rooms.membership import Membership, RowAndStreams, heads_of
from gateway.rooms.rows import MembershipEnded, NotFoldable, fold_row
from gateway.sessions.connection import Connection, Connections
from gateway.sessions.lifecycle import ReadyRooms

log = structlog.get_logger(__name__)

# How often rows that events have overtaken are asked for; no room is fast enough to overtake so many answers.
ATTEMPTS = 5
# Events that a row already includes arrive, or are fetched, within this time.
REACH_SECONDS = 5.0


class Joining:
    """`show_again` ends the hiding of a room in the store; `publish` tells all gateways, as there is no message."""

    def __init__(
        self,
        membership: Membership,
        delivery: Delivery,
        hidden: HiddenRooms,
        connections: Connections,
        *,
        show_again: Callable[[str, str], Awaitable[None]],
        publish: Callable[[RoomAppeared], None],
    ) -> None:
        self._publish = publish
        self._show_again = show_again
        self._membership = membership
        self._delivery = delivery
        self._hidden = hidden
        self._connections = connections
        # The latest change of each person and room that is being shown or hidden.
        self._changes: dict[tuple[str, str], object] = {}

    async def let_in_everywhere(self, connection: Connection) -> ReadyRooms:
        """Let a new socket into all its person's rooms. The caller sends `ready` before anything else happens."""
        person, kept = await self._membership.person(connection.user_id)
        with kept as streams:
            heads = heads_of(person)
            known = [*person.rows, *person.hidden]
            rows: dict[str, RoomRow | None] = dict.fromkeys(streams) | {row.room.id: row for row in known}
            for _ in range(ATTEMPTS):
                await reach_all(streams, heads)
                folded, stale = fold_all(connection.user_id, rows, heads, streams)
                if not stale:
                    learn_histories(person, heads, streams)
                    self._let_in(connection, folded, streams)
                    for room_id in folded.keys() & person.unshown.keys():
                        connection.joined_seqs.setdefault(room_id, person.unshown[room_id].joined_seq)
                    now = [folded.get(row.room.id) for row in known]
                    rooms = [row.room for row in now if row is not None and not row.is_hidden]
                    return ReadyRooms(rooms=rooms, more=person.more, rooms_version=person.rooms_version)
                await self._refresh(connection.user_id, stale, rows, heads, streams)
        raise TimeoutError("the rooms changed faster than they could be read")

    async def show_room(self, user_id: str, room_id: str) -> None:
        """Let all sockets of a person into a room that appeared in their list, and tell those that do not know it."""
        is_shown = all(room_id in connection.rooms for connection in self._connections.of(user_id))
        if is_shown and (user_id, room_id) not in self._changes:
            return
        with self._changing(user_id, room_id) as is_newest:
            found = await self._membership.row(user_id, room_id)
            row, stream = await self._settle(user_id, found)
            if row is None or stream is None:
                return
            with found.kept:
                if is_newest():
                    self._list(user_id, row, stream)

    async def hide_room(self, user_id: str, room_id: str) -> None:
        """Take a direct room away from the sockets of a person who has hidden it, until its next message."""
        is_shown = any(room_id in connection.rooms for connection in self._connections.of(user_id))
        is_hidden = not is_shown and self._hidden.is_hidden(user_id, room_id)
        if is_hidden and (user_id, room_id) not in self._changes:
            return
        with self._changing(user_id, room_id) as is_newest:
            found = await self._membership.row(user_id, room_id)
            row, stream = await self._settle(user_id, found)
            if row is None or stream is None:
                return
            with found.kept:
                if not is_newest():
                    return
                if row.hidden_n is not None:
                    self._delivery.remove(stream, user_id, reason="hidden")
                self._list(user_id, row, stream)

    def _list(self, user_id: str, row: RoomRow, stream: RoomStream) -> None:
        """Show the room to the person's sockets, or hide it from them, as the row says."""
        if row.is_hidden:
            self._delivery.remove(stream, user_id, reason="hidden")
            self._hidden.hide(user_id, row, stream)
        else:
            self._hidden.show(user_id, row, stream)

    @contextmanager
    def _changing(self, user_id: str, room_id: str) -> Iterator[Callable[[], bool]]:
        """Yield a check that this is still the latest change of this room: the last question has the newest answer."""
        key, this = (user_id, room_id), object()
        self._changes[key] = this
        try:
            yield lambda: self._changes.get(key) is this
        finally:
            if self._changes.get(key) is this:
                del self._changes[key]

    async def enter_room(self, connection: Connection, room_id: str) -> Room:
        """Let in a socket that joined by its own command, and the person's others. Return the room, true at its `head`.

        The caller answers the command before anything else happens.
        """
        user_id = connection.user_id
        found = await self._membership.row(user_id, room_id)
        if found.row is not None and found.row.is_hidden:
            found.kept.release()
            await self._show_again(user_id, room_id)
            found = await self._membership.row(user_id, room_id)
            if found.row is not None:
                self._publish(RoomAppeared(room_id=room_id, user_ids=[user_id], seq=found.row.room.head))
        row, stream = await self._settle(user_id, found)
        if row is None or stream is None:
            raise NotAMember
        with found.kept:
            self._delivery.let_in(connection, stream)
            connection.joined_seqs[room_id] = row.joined_seq
            self._hidden.show(user_id, row, stream, exempt=connection)
        return row.room

    def let_out_everywhere(self, connection: Connection) -> None:
        """Let an ended connection out of all rooms; after the person's last one, their hidden rooms are dropped too."""
        self._delivery.let_out_everywhere(connection)
        if not self._connections.is_here(connection.user_id):
            self._hidden.forget_all(connection.user_id)

    def may_be_direct(self, connection: Connection, room_id: str) -> bool:
        """Tell whether a room may be direct: yes if unknown here, as are rooms beyond the first 500 and hidden ones."""
        stream = self._delivery.stream_of(connection, room_id)
        return stream is None or stream.kind in (None, "direct")

    async def _settle(self, user_id: str, found: RowAndStreams) -> tuple[RoomRow | None, RoomStream | None]:
        """Return the row, folded to its stream's head, and the stream; without a row its stream is released."""
        row, kept = found
        try:
            for _ in range(ATTEMPTS):
                if row is None:
                    break
                stream = kept.streams[row.room.id]
                heads = {row.room.id: row.room.head}
                rows: dict[str, RoomRow | None] = {row.room.id: row}
                await reach_all(kept.streams, heads)
                folded, stale = fold_all(user_id, rows, heads, kept.streams)
                if not stale:
                    row = folded.get(row.room.id)
                    if row is None:
                        break
                    return row, stream
                await self._refresh(user_id, stale, rows, heads, kept.streams)
                row = rows.get(row.room.id)
        except BaseException:
            kept.release()
            raise
        kept.release()
        return None, None

    def _let_in(
        self, connection: Connection, folded: dict[str, RoomRow | None], streams: dict[str, RoomStream]
    ) -> None:
        for room_id, row in folded.items():
            if row is not None and row.is_hidden:
                self._hidden.hide(connection.user_id, row, streams[room_id])
                continue
            self._delivery.let_in(connection, streams[room_id])
            if row is not None:
                streams[room_id].learn(row.room)
                connection.joined_seqs[room_id] = row.joined_seq

    async def _refresh(
        self,
        user_id: str,
        room_ids: list[str],
        rows: dict[str, RoomRow | None],
        heads: dict[str, int],
        streams: dict[str, RoomStream],
    ) -> None:
        """Replace rows that cannot be folded by newer ones, and drop rooms whose membership has ended."""
        answers = await asyncio.gather(*(self._ask_again(user_id, room_id) for room_id in room_ids))
        for room_id, row in zip(room_ids, answers, strict=True):
            if row is None:
                rows.pop(room_id, None)
                heads.pop(room_id, None)
            else:
                rows[room_id] = row
                heads[room_id] = row.room.head

    async def _ask_again(self, user_id: str, room_id: str) -> RoomRow | None:
        """Ask for a row whose stream the caller keeps alive already: that of this answer is released at once."""
        row, kept = await self._membership.row(user_id, room_id)
        kept.release()
        return row


def learn_histories(person: PersonRooms, heads: dict[str, int], streams: dict[str, RoomStream]) -> None:
    """Tell the streams of rooms without a row, too, whether these rooms show newcomers their earlier history."""
    for room_id, unshown in person.unshown.items():
        stream = streams[room_id]
        if stream.history is None and room_id in heads:
            stream.history = unshown.history
            for event in stream.since(heads[room_id]) or ():
                if event.type == "room.updated":
                    stream.history = new_history(event) or stream.history


async def reach_all(streams: dict[str, RoomStream], heads: dict[str, int]) -> None:
    """Return once every stream is at or past the seq at which its row is true."""
    behind = [streams[room_id].reach(head) for room_id, head in heads.items() if streams[room_id].head < head]
    if behind:
        async with asyncio.timeout(REACH_SECONDS):
            await asyncio.gather(*behind)


def fold_all(
    user_id: str, rows: dict[str, RoomRow | None], heads: dict[str, int], streams: dict[str, RoomStream]
) -> tuple[dict[str, RoomRow | None], list[str]]:
    """Fold rows to their streams' heads, without a row the membership alone; also name rooms that cannot be folded."""
    folded: dict[str, RoomRow | None] = {}
    stale: list[str] = []
    for room_id, row in rows.items():
        events = streams[room_id].since(heads[room_id])
        if events is None:
            stale.append(room_id)
            continue
        try:
            if row is None:
                for event in events:
                    if event.type in ENDS_MEMBERSHIP and moved_member(event) == user_id:
                        raise MembershipEnded
                folded[room_id] = None
            else:
                folded[room_id] = fold_row(row, user_id, events)
        except MembershipEnded:
            continue
        except NotFoldable:
            stale.append(room_id)
    return folded, stale
