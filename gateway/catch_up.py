"""Fetches from the log what the bus has lost, for many rooms in one call, until nothing is missing."""

import asyncio
import itertools
from collections.abc import Callable, Iterable

import structlog

from chatflow.errors import ChatFlowError
from chatflow.service_client import ServiceClient
from chatflow.wire.reads import EventsAnswer, EventsAsk
from gateway.delivery import Delivery
from gateway.metrics import EVENTS_FETCHED
from gateway.room_stream import RoomStream

log = structlog.get_logger(__name__)

ROOMS_PER_CALL = 500
EVENTS_PER_ROOM = 500
# While the log cannot be read, or does not show yet what was published, ask again at this pace.
RETRY_SECONDS = 0.25


class CatchUp:
    """One fetch is under way at a time; rooms that fall behind meanwhile share the next one."""

    def __init__(self, messages: ServiceClient, *, hears: Callable[[str], bool]) -> None:
        self._messages = messages
        # Whether what happens in a room comes by the bus, as far as anybody can know.
        self._hears = hears
        self._wanted: set[str] = set()
        self._wake = asyncio.Event()
        # It counts doubts and fetches.
        self._clock = itertools.count()
        self._fetched = asyncio.Event()
        self.delivery: Delivery

    def want(self, stream: RoomStream) -> None:
        self._wanted.add(stream.room_id)
        self._wake.set()

    def check(self, streams: Iterable[RoomStream]) -> None:
        """Something may have been lost in these rooms: compare each with the log."""
        now = next(self._clock)
        for stream in streams:
            stream.doubted_at = now
            self._wanted.add(stream.room_id)
        self._wake.set()

    def is_sure_of(self, stream: RoomStream) -> bool:
        """Tell whether `confirm` has nothing to wait for."""
        return self._hears(stream.room_id) and stream.doubted_at is None and not stream.is_behind

    async def confirm(self, stream: RoomStream) -> None:
        """Return once the stream shows all that anybody can have been told of: an ack can come before its event."""
        if not self._hears(stream.room_id):
            self.check([stream])
        while stream.doubted_at is not None:
            await self._fetched.wait()
        if stream.is_behind:
            await stream.reach(stream.known_head)

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._wanted:
                batch = [self._wanted.pop() for _ in range(min(ROOMS_PER_CALL, len(self._wanted)))]
                if not await self._fetch(batch):
                    await asyncio.sleep(RETRY_SECONDS)

    async def _fetch(self, room_ids: list[str]) -> bool:
        """Bring these rooms forward; false where trying again at once would bring nothing."""
        begun = next(self._clock)
        streams = self.delivery.streams
        asked = [streams[room_id] for room_id in room_ids if room_id in streams]
        if not asked:
            return True
        cursors = {stream.room_id: stream.head for stream in asked}
        try:
            answer = await self._messages.call(
                "/internal/events",
                EventsAsk(rooms=cursors, limit=EVENTS_PER_ROOM),
                EventsAnswer,
                timeout_seconds=5.0,
                idempotent=True,
            )
        except ChatFlowError as error:
            log.warning("missed events cannot be fetched", error=str(error), rooms=len(cursors))
            self._wanted.update(cursors)
            return False
        for room in answer.rooms:
            self.delivery.take(room.events, from_log=True)
            self.delivery.hear_of(room.room_id, room.head)
        EVENTS_FETCHED.inc(sum(len(room.events) for room in answer.rooms))
        self._end_doubts(asked, since=begun)
        self._wanted.update(room_id for room_id in cursors if room_id in streams and streams[room_id].is_behind)
        has_moved = any(stream.head > cursors[stream.room_id] for stream in asked)
        return has_moved or not self._wanted

    def _end_doubts(self, streams: list[RoomStream], *, since: int) -> None:
        """These were compared with the log; what came into doubt meanwhile stays so."""
        for stream in streams:
            if stream.doubted_at is not None and stream.doubted_at < since:
                stream.doubted_at = None
        self._fetched.set()
        self._fetched.clear()
