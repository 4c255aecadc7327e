"""`room:sync`: what a client missed, from the stream's tail or the log; or an explicit reset with a tail to show."""

import asyncio
import itertools

import msgspec
import structlog

from chatflow.errors import UNREADABLE, ChatFlowError, NotFound, TimedOut
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.commands import SyncRooms
from chatflow.protocol.objects import Room
from chatflow.wire.bus import Published
from chatflow.wire.reads import EventsAnswer, EventsAsk, RoomEvents
from chatflow.wire.withheld import told_to_newcomer
from gateway.delivery.catch_up import CatchUp
from gateway.delivery.delivery import Delivery
from gateway.delivery.facts import event_text, is_readable
from gateway.delivery.room_stream import RoomStream
from gateway.metrics import RESYNCS
from gateway.rooms.membership import MembershipAsks
from gateway.sessions.batching import CROWD_SECONDS, Batcher
from gateway.sessions.connection import Connection

log = structlog.get_logger(__name__)

# Further behind, showing the newest page is quicker than catching up with what nobody will scroll through.
EVENTS_AT_MOST = 1000
RESET_TAIL_EVENTS = 50
# An answer is at most 256 KiB: what the names of 500 rooms take in `more` is kept free.
ANSWER_BYTES = (256 - 24) * 1024
# What a room's part takes beside its events.
ROOM_BYTES = 1024
ROOMS_PER_CALL = 200
TIMEOUT_SECONDS = 5.0
# A room that cannot be told of by then is given up, while there is time to tell of the others.
ROOM_SECONDS = 8.0

FROM_TAIL = RESYNCS.labels("tail")

encode = msgspec.json.Encoder().encode


class Missed(msgspec.Struct):
    """What one room's answer is made of."""

    events: list[Published]
    head: int
    # Only with a reset.
    room: Room | None = None


class Syncing:
    def __init__(self, messages: ServiceClient, delivery: Delivery, asks: MembershipAsks, catch_up: CatchUp) -> None:
        self._messages = messages
        self._delivery = delivery
        self._catch_up = catch_up
        self._asks = asks
        self._after: Batcher[tuple[str, int], RoomEvents] = Batcher(
            self._ask_after, limit=ROOMS_PER_CALL, pause=CROWD_SECONDS, stand_alone=True
        )
        self._tails: Batcher[str, RoomEvents] = Batcher(self._ask_tails, limit=ROOMS_PER_CALL, stand_alone=True)

    async def sync(self, connection: Connection, request: SyncRooms) -> str:
        """Return the answer's JSON text, at most 256 KiB of it; `more` names the rooms that are not in it."""
        deadline = asyncio.get_running_loop().time() + ROOM_SECONDS
        if not connection.is_ready:
            async with asyncio.timeout_at(deadline):
                await asyncio.shield(connection.ready)
        found: dict[str, Missed | BaseException] = {}
        asked: list[str] = []
        for room_id, after in request.rooms.items():
            missed = self._missed_at_once(connection, room_id, after)
            if missed is None:
                asked.append(room_id)
            else:
                found[room_id] = missed
        answers = await asyncio.gather(
            *(
                self._missed_in_time(connection, room_id, request.rooms[room_id], deadline=deadline)
                for room_id in asked
            ),
            return_exceptions=True,
        )
        found.update(zip(asked, answers, strict=True))
        rooms: list[str] = []
        more: list[str] = []
        left = ANSWER_BYTES
        for room_id in request.rooms:
            if not more:
                text = room_text(found[room_id], room=left - ROOM_BYTES)
                left -= size_of(text)
                if left >= 0 or not rooms:
                    rooms.append(f'"{room_id}":{text}')
                    continue
            more.append(room_id)
        return f'{{"rooms":{{{",".join(rooms)}}},"more":{encode(more).decode()}}}'

    def _missed_at_once(self, connection: Connection, room_id: str, after: int) -> Missed | None:
        """Return what most rooms of those who reconnect need, or None where something has to be waited for."""
        stream = self._delivery.stream_of(connection, room_id)
        if stream is None or not self._catch_up.is_sure_of(stream):
            return None
        if after > stream.head or self._needs_reset(connection, stream, after):
            return None
        events = stream.since(after)
        if events is None:
            return None
        FROM_TAIL.inc()
        return Missed(events=told(connection, stream, events), head=stream.head)

    async def _missed_in_time(self, connection: Connection, room_id: str, after: int, *, deadline: float) -> Missed:
        try:
            async with connection.asking(room_id, until=deadline):
                return await self._missed(connection, room_id, after)
        except TimeoutError:
            raise (TimedOut if room_id in connection.rooms else NotFound) from None

    async def _missed(self, connection: Connection, room_id: str, after: int) -> Missed:
        stream = self._delivery.stream_of(connection, room_id)
        if stream is None:
            raise NotFound
        await self._catch_up.confirm(stream)
        try:
            found = await self._find(connection, stream, after)
        except UNREADABLE:
            # What may be said of such an event nobody knows: behind it the room begins anew.
            log.exception("an event of the log cannot be read", room_id=room_id)
            found = await self._reset(connection, room_id)
        if self._delivery.stream_of(connection, room_id) is not stream:
            raise NotFound  # removed while we asked
        return found

    async def _find(self, connection: Connection, stream: RoomStream, after: int) -> Missed:
        if after > stream.head:
            return await self._look_ahead(connection, stream.room_id, after)
        if self._needs_reset(connection, stream, after):
            return await self._reset(connection, stream.room_id)
        events = stream.since(after)
        if events is None:
            RESYNCS.labels("log").inc()
            events = await self._read_after(stream, after)
        else:
            FROM_TAIL.inc()
        return Missed(events=told(connection, stream, events), head=stream.head)

    def _needs_reset(self, connection: Connection, stream: RoomStream, after: int) -> bool:
        return stream.head - after > EVENTS_AT_MOST or not self._may_fold_from(connection, stream, after)

    def _may_fold_from(self, connection: Connection, stream: RoomStream, after: int) -> bool:
        """What was before the joining is not for those to see who joined a room that shows no earlier history."""
        if stream.history == "all":
            return True
        joined_seq = connection.joined_seqs.get(stream.room_id)
        return stream.history is not None and joined_seq is not None and after >= joined_seq - 1

    async def _read_after(self, stream: RoomStream, after: int) -> list[Published]:
        room = await self._after.ask((stream.room_id, after))
        stream.lengthen_tail(filter(is_readable, room.events))
        # Events beyond the stream's head come live, and only if the membership lasts until then.
        return [event for event in room.events if after < event.seq <= stream.head]

    async def _look_ahead(self, connection: Connection, room_id: str, after: int) -> Missed:
        """Who was at another gateway may be ahead of this one; who is ahead of the log holds what never was."""
        found = await self._reset(connection, room_id)
        return Missed(events=[], head=after) if found.head >= after else found

    async def _reset(self, connection: Connection, room_id: str) -> Missed:
        held = await self._asks.row(connection.user_id, room_id)
        held.hold.release()
        row = held.row
        if row is None:
            raise NotFound
        tail = await self._tails.ask(room_id)
        begin = row.joined_seq if row.room.history == "joined" else 0
        events = [event for event in tail.events if begin <= event.seq <= row.room.head]
        events = told_to_newcomer(readable_end(events), joined_seq=begin)
        RESYNCS.labels("reset").inc()
        return Missed(events=events, head=row.room.head, room=row.room)

    async def _ask_after(self, questions: list[tuple[str, int]]) -> list[RoomEvents]:
        cursors: dict[str, int] = {}
        for room_id, after in questions:
            cursors[room_id] = min(after, cursors.get(room_id, after))
        return await self._ask(EventsAsk(rooms=cursors, limit=EVENTS_AT_MOST), [room_id for room_id, _ in questions])

    async def _ask_tails(self, room_ids: list[str]) -> list[RoomEvents]:
        return await self._ask(
            EventsAsk(rooms=dict.fromkeys(room_ids, 0), limit=RESET_TAIL_EVENTS, tail=True), room_ids
        )

    async def _ask(self, ask: EventsAsk, room_ids: list[str]) -> list[RoomEvents]:
        answer = await self._messages.call(
            "/internal/events", ask, EventsAnswer, timeout_seconds=TIMEOUT_SECONDS, idempotent=True
        )
        rooms = {room.room_id: room for room in answer.rooms}
        return [rooms.get(room_id) or RoomEvents(room_id=room_id, head=0, events=[]) for room_id in room_ids]


def told(connection: Connection, stream: RoomStream, events: list[Published]) -> list[Published]:
    """Return missed events as this person may see them."""
    if stream.history == "all":
        return events
    # Of whom nothing is known, anything may be from before.
    return told_to_newcomer(events, joined_seq=connection.joined_seqs.get(stream.room_id, stream.head + 1))


def readable_end(events: list[Published]) -> list[Published]:
    """Return what is behind the last event that cannot be read."""
    readable = list(itertools.takewhile(is_readable, reversed(events)))
    return readable[::-1]


def room_text(missed: Missed | BaseException, *, room: int) -> str:
    """Return one room's part of the answer, with as many events as fit, at least one."""
    if isinstance(missed, ChatFlowError):
        return encode({"error": missed.body}).decode()
    if isinstance(missed, BaseException):
        raise missed
    if missed.room is None:
        # The oldest: the client asks again from the last one on.
        texts = fitting(missed.events, room)
        return f'{{"events":[{",".join(texts)}],"head":{missed.head},"reset":false}}'
    # The newest: they are there to be seen.
    texts = fitting(missed.events[::-1], room)[::-1]
    shown = encode(missed.room).decode()
    return f'{{"events":[{",".join(texts)}],"head":{missed.head},"reset":true,"room":{shown}}}'


def fitting(events: list[Published], room: int) -> list[str]:
    texts: list[str] = []
    for event in events:
        text = event_text(event)
        room -= size_of(text)
        if room < 0 and texts:
            break
        texts.append(text)
    return texts


def size_of(text: str) -> int:
    """Return how many bytes it is on the wire."""
    return len(text) if text.isascii() else len(text.encode())
