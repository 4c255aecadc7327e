"""Answers `room:sync`: the events that a client missed, from the stream's tail or the log, or a reset with a tail."""

import asyncio
import itertools

import msgspec

from chatflow.errors import ChatFlowError, NotFound, TimedOut
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.objects import Room
from chatflow.protocol.queries import SyncRooms
from chatflow.wire.bus import Published
from chatflow.wire.reads import EventsAnswer, EventsRequest, RoomEvents
from chatflow.wire.withheld import events_for_newcomer
from gateway.delivery.catch_up import CatchUp
from gateway.delivery.delivery import Delivery
from gateway.delivery.event_fields import event_text, is_readable
from gateway.delivery.room_stream import RoomStream
from gateway.metrics import RESYNCS
from gateway.rooms.membership import Membership
from gateway.sessions.batching import CROWD_SECONDS, Batcher
from gateway.sessions.connection import Connection
from gateway.sessions.turns import Turns

# A client further behind gets the newest page: quicker than events that nobody would scroll through.
EVENTS_AT_MOST = 1000
RESET_TAIL_EVENTS = 50
# An answer is at most 256 KiB; 24 of them are kept free for the ids of 500 rooms in `more`.
ANSWER_BYTES = (256 - 24) * 1024
# How much a room adds to the answer beside its events.
ROOM_BYTES = 1024
ROOMS_PER_CALL = 200
# How many devices of one person may ask the log at a time.
SHARE_OF_A_PERSON = 2
TIMEOUT_SECONDS = 5.0
# A room without a result by then is answered with an error, while there is time to answer for the others.
ROOM_SECONDS = 8.0

FROM_TAIL = RESYNCS.labels("tail")

encode = msgspec.json.Encoder().encode


class Missed(msgspec.Struct):
    """The content of one room's answer."""

    events: list[Published]
    head: int
    # Given only with a reset.
    room: Room | None = None


class RoomSync:
    def __init__(self, messages: ServiceClient, delivery: Delivery, membership: Membership, catch_up: CatchUp) -> None:
        self._messages = messages
        self._delivery = delivery
        self._catch_up = catch_up
        self._membership = membership
        self._after: Batcher[tuple[str, int], RoomEvents] = Batcher(
            self._ask_after, limit=ROOMS_PER_CALL, pause=CROWD_SECONDS, stand_alone=True
        )
        self._tails: Batcher[str, RoomEvents] = Batcher(self._ask_tails, limit=ROOMS_PER_CALL, stand_alone=True)
        self._turns: Turns[Connection] = Turns(at_once=1)
        self._shares: Turns[str] = Turns(at_once=SHARE_OF_A_PERSON)

    async def sync(self, connection: Connection, request: SyncRooms) -> str:
        """Return the JSON text of the answer, at most 256 KiB; its `more` names the rooms that did not fit."""
        deadline = asyncio.get_running_loop().time() + ROOM_SECONDS
        if not connection.is_ready:
            async with asyncio.timeout_at(deadline):
                await asyncio.shield(connection.ready)
        answer = Answer()
        asked: list[str] = []
        for room_id, after in request.rooms.items():
            missed = None if answer.more else self._missed_at_once(connection, room_id, after)
            if missed is None:
                asked.append(room_id)
            else:
                answer.add(room_id, missed)
        if asked and not answer.is_full:
            await self._ask_in_turn(connection, request, asked, answer=answer, deadline=deadline)
        else:
            answer.more += asked
        return answer.text

    async def _ask_in_turn(
        self, connection: Connection, request: SyncRooms, asked: list[str], *, answer: "Answer", deadline: float
    ) -> None:
        """Add the rooms that have to be asked for, until the answer is full. The syncs of a connection take turns."""
        # Rooms that may have to wait come last: if their events never arrive, the others are answered all the same.
        asked = sorted(asked, key=lambda room_id: self._may_have_to_wait(connection, room_id))
        loop = asyncio.get_running_loop()
        async with self._turns.of(connection):
            while True:
                count = self._count_together(connection, request, asked)
                together, asked = asked[:count], asked[count:]
                async with self._shares.of(connection.user_id):
                    found = await asyncio.gather(
                        *(
                            self._missed_in_time(connection, room_id, request.rooms[room_id], deadline=deadline)
                            for room_id in together
                        ),
                        return_exceptions=True,
                    )
                for room_id, missed in zip(together, found, strict=True):
                    answer.add(room_id, missed)
                if not asked or answer.is_full or loop.time() >= deadline:
                    break
        answer.more += asked

    def _may_have_to_wait(self, connection: Connection, room_id: str) -> bool:
        stream = self._delivery.stream_of(connection, room_id)
        return stream is not None and not self._catch_up.is_sure_of(stream)

    def _count_together(self, connection: Connection, request: SyncRooms, room_ids: list[str]) -> int:
        """Return how many of these rooms to ask for at once: as many as may fill an answer, and at least one."""
        events = 0
        for count, room_id in enumerate(room_ids[:ROOMS_PER_CALL]):
            stream = self._delivery.stream_of(connection, room_id)
            missed = 0 if stream is None else stream.head - request.rooms[room_id]
            events += missed if 0 <= missed <= EVENTS_AT_MOST else RESET_TAIL_EVENTS
            if count and events > EVENTS_AT_MOST:
                return count
        return min(len(room_ids), ROOMS_PER_CALL)

    def _missed_at_once(self, connection: Connection, room_id: str, after: int) -> "Missed | NotFound | None":
        """Return a room's answer if it needs no waiting, as for most rooms after a reconnect, or else None."""
        stream = self._delivery.stream_of(connection, room_id)
        if stream is None:
            return NotFound()
        if not self._catch_up.is_sure_of(stream):
            return None
        if after > stream.head or self._needs_reset(connection, stream, after):
            return None
        events = stream.since(after)
        if events is None:
            return None
        FROM_TAIL.inc()
        return Missed(events=visible_to(connection, stream, events), head=stream.head)

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
        found = await self._find(connection, stream, after)
        if self._delivery.stream_of(connection, room_id) is not stream:
            raise NotFound  # the person was removed meanwhile
        return found

    async def _find(self, connection: Connection, stream: RoomStream, after: int) -> Missed:
        if after > stream.head:
            return await self._answer_ahead(connection, stream.room_id, after)
        if self._needs_reset(connection, stream, after):
            return await self._reset(connection, stream.room_id)
        events = stream.since(after)
        if events is None:
            RESYNCS.labels("log").inc()
            events = await self._read_after(stream, after)
        else:
            FROM_TAIL.inc()
        if not all(map(is_readable, events)):
            # This person may not be allowed to see what such an event says, so the room begins anew after it.
            return await self._reset(connection, stream.room_id)
        return Missed(events=visible_to(connection, stream, events), head=stream.head)

    def _needs_reset(self, connection: Connection, stream: RoomStream, after: int) -> bool:
        return stream.head - after > EVENTS_AT_MOST or not self._may_fold_from(connection, stream, after)

    def _may_fold_from(self, connection: Connection, stream: RoomStream, after: int) -> bool:
        """Tell whether the person may see all events after this seq: some rooms hide what was before the joining."""
        if stream.history == "all":
            return True
        joined_seq = connection.joined_seqs.get(stream.room_id)
        return stream.history is not None and joined_seq is not None and after >= joined_seq - 1

    async def _read_after(self, stream: RoomStream, after: int) -> list[Published]:
        room = await self._after.submit((stream.room_id, after))
        stream.lengthen_tail(filter(is_readable, room.events))
        # Events after the stream's head are delivered live, and only if the membership lasts until then.
        return [event for event in room.events if after < event.seq <= stream.head]

    async def _answer_ahead(self, connection: Connection, room_id: str, after: int) -> Missed:
        """Answer a client that is ahead of this gateway: it was at another one. One ahead of the log is reset."""
        if (await self._after.submit((room_id, after))).head >= after:
            return Missed(events=[], head=after)
        return await self._reset(connection, room_id)

    async def _reset(self, connection: Connection, room_id: str) -> Missed:
        found = await self._membership.row(connection.user_id, room_id)
        found.kept.release()
        row = found.row
        if row is None:
            raise NotFound
        tail = await self._tails.submit(room_id)
        begin = row.joined_seq if row.room.history == "joined" else 0
        events = [event for event in tail.events if begin <= event.seq <= row.room.head]
        events = events_for_newcomer(readable_end(events), joined_seq=begin)
        RESYNCS.labels("reset").inc()
        return Missed(events=events, head=row.room.head, room=row.room)

    async def _ask_after(self, questions: list[tuple[str, int]]) -> list[RoomEvents]:
        cursors: dict[str, int] = {}
        for room_id, after in questions:
            cursors[room_id] = min(after, cursors.get(room_id, after))
        request = EventsRequest(rooms=cursors, limit=EVENTS_AT_MOST, takes_unreadable=True)
        return await self._ask(request, [room_id for room_id, _ in questions])

    async def _ask_tails(self, room_ids: list[str]) -> list[RoomEvents]:
        heads = dict.fromkeys(room_ids, 0)
        return await self._ask(EventsRequest(heads, RESET_TAIL_EVENTS, tail=True, takes_unreadable=True), room_ids)

    async def _ask(self, request: EventsRequest, room_ids: list[str]) -> list[RoomEvents]:
        answer = await self._messages.call(
            "/internal/events", request, EventsAnswer, timeout_seconds=TIMEOUT_SECONDS, idempotent=True
        )
        rooms = {room.room_id: room for room in answer.rooms}
        return [rooms.get(room_id) or RoomEvents(room_id=room_id, head=0, events=[]) for room_id in room_ids]


def visible_to(connection: Connection, stream: RoomStream, events: list[Published]) -> list[Published]:
    """Return the missed events as this person may see them."""
    if stream.history == "all":
        return events
    # If the seq of the joining is not known, every message may be from before it.
    return events_for_newcomer(events, joined_seq=connection.joined_seqs.get(stream.room_id, stream.head + 1))


def readable_end(events: list[Published]) -> list[Published]:
    """Return the events after the last one that cannot be read."""
    readable = list(itertools.takewhile(is_readable, reversed(events)))
    return readable[::-1]


class Answer:
    """The rooms found so far, in the order of finding them; `more` names those that did not fit."""

    def __init__(self) -> None:
        self.more: list[str] = []
        # Whether there is no use in asking for more rooms.
        self.is_full = False
        self._rooms: list[str] = []
        self._left = ANSWER_BYTES

    @property
    def text(self) -> str:
        return f'{{"rooms":{{{",".join(self._rooms)}}},"more":{encode(self.more).decode()}}}'

    def add(self, room_id: str, missed: Missed | BaseException) -> None:
        """Add a room if it fits; the first one is added in any case."""
        if not self.more:
            text = self._text_of(missed)
            self._left -= size_of(text)
            if self._left >= 0 or not self._rooms:
                self._rooms.append(f'"{room_id}":{text}')
                return
        self.more.append(room_id)
        self.is_full = True

    def _text_of(self, missed: Missed | BaseException) -> str:
        """Return what the answer says of one room, with as many events as fit, and at least one."""
        if isinstance(missed, ChatFlowError):
            return encode({"error": missed.body}).decode()
        if isinstance(missed, BaseException):
            raise missed
        # The oldest are kept: the client asks again after the last. With a reset the newest are, because it shows them.
        step = 1 if missed.room is None else -1
        texts = fitting(missed.events[::step], self._left - ROOM_BYTES)[::step]
        self.is_full |= len(texts) < len(missed.events)
        shown = "" if missed.room is None else f',"room":{encode(missed.room).decode()}'
        is_reset = "false" if missed.room is None else "true"
        return f'{{"events":[{",".join(texts)}],"head":{missed.head},"reset":{is_reset}{shown}}}'


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
    """Return the length of a text on the wire, in bytes."""
    return len(text) if text.isascii() else len(text.encode())
