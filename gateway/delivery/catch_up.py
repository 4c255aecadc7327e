"""Fetches from the log what the bus has lost, for many rooms in one call, until nothing is missing."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterable

import structlog

from chatflow.errors import ChatFlowError
from chatflow.http.service_client import ServiceClient
from chatflow.wire.reads import EventsAnswer, EventsAsk
from gateway.delivery.delivery import Delivery
from gateway.delivery.room_stream import RoomStream
from gateway.metrics import EVENTS_FETCHED
from gateway.sessions.batching import halves, may_concern_one

log = structlog.get_logger(__name__)

ROOMS_PER_CALL = 500
EVENTS_PER_ROOM = 500
# While the log cannot be read, or does not show yet what was published, ask again at this pace.
RETRY_SECONDS = 0.25
# A room that message_service cannot tell is asked for alone, twice as late each time, up to this.
ALONE_SECONDS = 4.0


class Missing:
    """The rooms of which events are missing, or may be, until somebody fetches them."""

    def __init__(self) -> None:
        # In the order in which their turn comes.
        self.room_ids: dict[str, None] = {}
        # Those that cannot be told, for as long as each is left alone.
        self.left_alone: set[str] = set()
        self.wake = asyncio.Event()
        # It counts doubts, questions and fetches.
        self.clock = itertools.count()

    def want(self, stream: RoomStream) -> None:
        if stream.room_id not in self.left_alone:
            self.room_ids[stream.room_id] = None
            self.wake.set()

    def check(self, streams: Iterable[RoomStream]) -> None:
        """Something may have been lost in these rooms: have each compared with the log."""
        now = next(self.clock)
        for stream in streams:
            stream.doubted_at = now
            self.want(stream)

    def leave_alone(self, room_id: str, *, seconds: float) -> None:
        self.left_alone.add(room_id)
        asyncio.get_running_loop().call_later(seconds, self._take_up, room_id)

    def _take_up(self, room_id: str) -> None:
        self.left_alone.discard(room_id)
        self.room_ids[room_id] = None
        self.wake.set()


class CatchUp:
    """One fetch is under way at a time; rooms that fall behind meanwhile share the next one."""

    def __init__(
        self, messages: ServiceClient, missing: Missing, delivery: Delivery, *, hears: Callable[[str], bool]
    ) -> None:
        self._messages = messages
        self._missing = missing
        self._delivery = delivery
        # Whether what happens in a room comes by the bus, as far as anybody can know.
        self._hears = hears
        # How long each room that cannot be told was left alone last.
        self._pauses: dict[str, float] = {}
        self._fetched = asyncio.Event()

    def is_sure_of(self, stream: RoomStream) -> bool:
        """Tell whether `confirm` has nothing to wait for."""
        return self._hears(stream.room_id) and stream.doubted_at is None and not stream.is_behind

    async def confirm(self, stream: RoomStream) -> None:
        """Return once the stream shows all that anybody can have been told of: an ack can come before its event."""
        since = stream.doubted_at
        if not self._hears(stream.room_id):
            # For this question alone: were it a doubt, all who ask would wait for the one who asked last.
            since = next(self._missing.clock)
            self._missing.want(stream)
        while since is not None and stream.compared_at < since:
            await self._fetched.wait()
        if stream.is_behind:
            await stream.reach(stream.known_head)

    async def run(self) -> None:
        while True:
            await self._missing.wake.wait()
            self._missing.wake.clear()
            while self._missing.room_ids:
                if not await self._fetch_all(self._next_batch()):
                    await asyncio.sleep(RETRY_SECONDS)

    def _next_batch(self) -> list[str]:
        first = next(iter(self._missing.room_ids))
        others = (room_id for room_id in self._missing.room_ids if room_id not in self._pauses)
        batch = [first] if first in self._pauses else list(itertools.islice(others, ROOMS_PER_CALL))
        for room_id in batch:
            del self._missing.room_ids[room_id]
        return batch

    async def _fetch_all(self, batch: list[str]) -> bool:
        """Bring these rooms forward, but for those that cannot be told; false where trying again at once is no use."""
        goes_on = False
        parts = deque([batch])
        while parts:
            part = parts.popleft()
            try:
                goes_on |= await self._fetch(part)
            except ChatFlowError as error:
                if not may_concern_one(error):
                    log.warning("missed events cannot be fetched", error=str(error), rooms=len(part))
                    self._missing.room_ids.update(dict.fromkeys(itertools.chain(part, *parts)))
                    return False
                if len(part) > 1:
                    parts.extend(halves(part))
                else:
                    self._leave_alone(part[0], error)
                    goes_on = True
        return goes_on or not self._missing.room_ids

    async def _fetch(self, room_ids: list[str]) -> bool:
        """Return whether any of these rooms came forward, or none is here any more."""
        begun = next(self._missing.clock)
        streams = self._delivery.streams
        asked = [streams[room_id] for room_id in room_ids if room_id in streams]
        cursors = {stream.room_id: stream.head for stream in asked}
        if asked:
            answer = await self._messages.call(
                "/internal/events",
                EventsAsk(rooms=cursors, limit=EVENTS_PER_ROOM),
                EventsAnswer,
                timeout_seconds=5.0,
                idempotent=True,
            )
            for room in answer.rooms:
                self._delivery.take(room.events, from_log=True)
                self._delivery.hear_of(room.room_id, room.head)
            EVENTS_FETCHED.inc(sum(len(room.events) for room in answer.rooms))
        for room_id in room_ids:
            self._pauses.pop(room_id, None)
        self._end_doubts(asked, since=begun)
        for room_id in cursors:
            if room_id in streams and streams[room_id].is_behind:
                self._missing.want(streams[room_id])
        return not asked or any(stream.head > cursors[stream.room_id] for stream in asked)

    def _leave_alone(self, room_id: str, error: ChatFlowError) -> None:
        pause = min(2 * self._pauses.get(room_id, RETRY_SECONDS / 2), ALONE_SECONDS)
        log.error("a room's missed events cannot be fetched", room_id=room_id, error=str(error), again_in_seconds=pause)
        self._pauses[room_id] = pause
        self._missing.leave_alone(room_id, seconds=pause)

    def _end_doubts(self, streams: list[RoomStream], *, since: int) -> None:
        """These were compared with the log; what came into doubt meanwhile stays so."""
        for stream in streams:
            stream.compared_at = since
            if stream.doubted_at is not None and stream.doubted_at < since:
                stream.doubted_at = None
        self._fetched.set()
        self._fetched.clear()
