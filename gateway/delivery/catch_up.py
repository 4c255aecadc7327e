"""Fetches events that the bus has lost from the log, for many rooms in one call, until nothing is missing."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterable

import structlog

from chatflow.errors import ChatFlowError
from chatflow.http.service_client import ServiceClient
from chatflow.wire.reads import EventsAnswer, EventsRequest
from gateway.delivery.delivery import Delivery
from gateway.delivery.room_stream import RoomStream
from gateway.metrics import EVENTS_FETCHED
from gateway.sessions.batching import halves, may_concern_one

log = structlog.get_logger(__name__)

ROOMS_PER_CALL = 500
EVENTS_PER_ROOM = 500
# The pause between attempts while the log cannot be read or does not yet show what was published.
RETRY_SECONDS = 0.25
# A room whose events message_service cannot read is asked for alone, after a pause that doubles up to this.
ALONE_SECONDS = 4.0


class Missing:
    """The rooms of which events are missing, or may be, and have to be fetched."""

    def __init__(self) -> None:
        # A dict for its order: the rooms are fetched first come, first served.
        self.room_ids: dict[str, None] = {}
        # Rooms that cannot be read; each stays here until its pause ends.
        self.left_alone: set[str] = set()
        self.wake = asyncio.Event()
        # Counts what asks for a comparison with the log and what makes one, so that it is known which came first.
        self.clock = itertools.count()

    def fetch_soon(self, stream: RoomStream) -> None:
        """Have the events fetched that this room lacks."""
        if stream.room_id not in self.left_alone:
            self.room_ids[stream.room_id] = None
            self.wake.set()

    def recheck(self, streams: Iterable[RoomStream]) -> None:
        """Have these rooms compared with the log, because some of their events may have been lost."""
        now = next(self.clock)
        for stream in streams:
            stream.recheck_asked_at = now
            self.fetch_soon(stream)

    def leave_alone(self, room_id: str, *, seconds: float) -> None:
        self.left_alone.add(room_id)
        asyncio.get_running_loop().call_later(seconds, self._take_up, room_id)

    def _take_up(self, room_id: str) -> None:
        self.left_alone.discard(room_id)
        self.room_ids[room_id] = None
        self.wake.set()


class CatchUp:
    """Runs one fetch at a time; rooms that fall behind meanwhile share the next one."""

    def __init__(
        self, messages: ServiceClient, missing: Missing, delivery: Delivery, *, receives: Callable[[str], bool]
    ) -> None:
        self._messages = messages
        self._missing = missing
        self._delivery = delivery
        # Tells whether the events of a room arrive by the bus, as far as this gateway can know.
        self._receives = receives
        # The last pause of each room that cannot be read.
        self._pauses: dict[str, float] = {}
        self._fetched = asyncio.Event()

    def is_sure_of(self, stream: RoomStream) -> bool:
        """Tell whether `confirm` would return at once."""
        return self._receives(stream.room_id) and stream.recheck_asked_at is None and not stream.is_behind

    async def confirm(self, stream: RoomStream) -> None:
        """Return once the stream has every event that a client may know of: an ack can arrive before its event."""
        since = stream.recheck_asked_at
        if not self._receives(stream.room_id):
            # A fetch for this caller alone. If the stream were rechecked, every caller would wait for the last one.
            since = next(self._missing.clock)
            self._missing.fetch_soon(stream)
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
        """Fetch these rooms, but leave those that cannot be read alone; false if trying again at once is no use."""
        goes_on = False
        batches = deque([batch])
        while batches:
            some = batches.popleft()
            try:
                goes_on |= await self._fetch(some)
            except ChatFlowError as error:
                if not may_concern_one(error):
                    log.warning("missed events cannot be fetched", error=str(error), rooms=len(some))
                    self._missing.room_ids.update(dict.fromkeys(itertools.chain(some, *batches)))
                    return False
                if len(some) > 1:
                    batches.extend(halves(some))
                else:
                    self._leave_alone(some[0], error)
                    goes_on = True
        return goes_on or not self._missing.room_ids

    async def _fetch(self, room_ids: list[str]) -> bool:
        """Fetch these rooms; return whether any of them advanced, or none of them is here any more."""
        begun = next(self._missing.clock)
        streams = self._delivery.streams
        asked = [streams[room_id] for room_id in room_ids if room_id in streams]
        cursors = {stream.room_id: stream.head for stream in asked}
        if asked:
            answer = await self._messages.call(
                "/internal/events",
                EventsRequest(rooms=cursors, limit=EVENTS_PER_ROOM, takes_unreadable=True),
                EventsAnswer,
                timeout_seconds=5.0,
                idempotent=True,
            )
            for room in answer.rooms:
                self._delivery.take(room.events, from_log=True)
                self._delivery.note_head(room.room_id, room.head)
            EVENTS_FETCHED.inc(sum(len(room.events) for room in answer.rooms))
        for room_id in room_ids:
            self._pauses.pop(room_id, None)
        self._end_rechecks(asked, since=begun)
        for room_id in cursors:
            if room_id in streams and streams[room_id].is_behind:
                self._missing.fetch_soon(streams[room_id])
        return not asked or any(stream.head > cursors[stream.room_id] for stream in asked)

    def _leave_alone(self, room_id: str, error: ChatFlowError) -> None:
        pause = min(2 * self._pauses.get(room_id, RETRY_SECONDS / 2), ALONE_SECONDS)
        log.error("a room's missed events cannot be fetched", room_id=room_id, error=str(error), again_in_seconds=pause)
        self._pauses[room_id] = pause
        self._missing.leave_alone(room_id, seconds=pause)

    def _end_rechecks(self, streams: list[RoomStream], *, since: int) -> None:
        """Note that these streams were compared with the log at `since`; later requests stay."""
        for stream in streams:
            stream.compared_at = since
            if stream.recheck_asked_at is not None and stream.recheck_asked_at < since:
                stream.recheck_asked_at = None
        self._fetched.set()
        self._fetched.clear()
