"""Loads rooms and the messages that commands name, many at a time, without delaying other rooms."""

import asyncio
import time
from collections.abc import Callable

import structlog

from chat_service.commit.publisher import Publisher
from chat_service.commit.settling import INTERNAL, Settling
from chat_service.deciding.incoming_lanes import IncomingLanes, not_tried
from chat_service.deciding.rooms import LiveRoom, Phase, Rooms
from chat_service.deciding.state import RoomState
from chat_service.metrics import COMMANDS_NOT_TRIED
from chat_service.room_log import NotUnderstood, RoomLog
from chatflow.errors import ChatFlowError
from chatflow.wire.log import LoadedRoom, LoadRoom, MessageState

log = structlog.get_logger(__name__)

ROOMS_PER_LOAD = 100
# Several at once, so that a large room's snapshot does not make the others wait.
LOADS_AT_ONCE = 4
RETRY_SECONDS = 0.1
# Longer than a restart of message_service takes.
GIVE_UP_SECONDS = 4.0


class Loader:
    def __init__(
        self,
        room_log: RoomLog,
        *,
        rooms: Rooms,
        lanes: IncomingLanes,
        settling: Settling,
        publisher: Publisher,
        on_loaded: Callable[[], None],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room_log = room_log
        self._rooms = rooms
        self._lanes = lanes
        self._settling = settling
        self._publisher = publisher
        self._on_loaded = on_loaded
        self._clock = clock
        self._monotonic = monotonic
        self._wanted: dict[str, tuple[LiveRoom, LoadRoom]] = {}
        self._wake = asyncio.Event()

    def load(self, room: LiveRoom, missing: LoadRoom) -> None:
        """Begin to load what a room lacks; the room can be decided again once that is loaded or cannot be had."""
        room.phase = Phase.LOADING
        self._wanted[room.room_id] = (room, missing)
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as loads:
            for _ in range(LOADS_AT_ONCE):
                loads.create_task(self._load_forever())

    async def _load_forever(self) -> None:
        while True:
            await self._wake.wait()
            batch = [self._wanted.pop(room_id) for room_id in list(self._wanted)[:ROOMS_PER_LOAD]]
            if not self._wanted:
                self._wake.clear()
            if batch:
                await self._load(batch)

    async def _load(self, batch: list[tuple[LiveRoom, LoadRoom]]) -> None:
        given_up_at = self._monotonic() + GIVE_UP_SECONDS
        asked = [missing for _, missing in batch]
        while True:
            try:
                left = given_up_at - self._monotonic()
                loaded = await self._room_log.load(asked, deadline=self._clock() + left)
            except NotUnderstood:
                await self._load_by_halves(batch)
                return
            except ChatFlowError:
                if self._monotonic() >= given_up_at:
                    self._give_up([room for room, _ in batch])
                    return
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for room, missing in batch:
                if room.room_id in loaded:
                    self._take_or_refuse(room, missing, loaded[room.room_id])
                else:
                    # It did not fit into this answer.
                    self.load(room, missing)
            self._on_loaded()
            return

    async def _load_by_halves(self, batch: list[tuple[LiveRoom, LoadRoom]]) -> None:
        """Load each half of the batch by itself, so that an unreadable room keeps no other from being loaded."""
        if len(batch) > 1:
            middle = len(batch) // 2
            await self._load(batch[:middle])
            await self._load(batch[middle:])
            return
        [(room, _)] = batch
        log.error("a room cannot be loaded", room_id=room.room_id)
        self._refuse(room)

    def _take_or_refuse(self, room: LiveRoom, missing: LoadRoom, loaded: LoadedRoom) -> None:
        try:
            self._take(room, missing, loaded)
        except Exception:
            log.exception("a room that was loaded cannot be taken up", room_id=room.room_id)
            self._refuse(room)

    def _refuse(self, room: LiveRoom) -> None:
        self._settling.refuse(room, self._rooms.take_queue(room, limit=len(room.queue)), error=INTERNAL)
        self._publisher.flush()

    def _take(self, room: LiveRoom, missing: LoadRoom, loaded: LoadedRoom) -> None:
        if missing.snapshot:
            room.forget_state()
            room.state = RoomState.from_load(loaded)
            # Its last events may never have been published, because their worker may have died.
            if loaded.head:
                self._publisher.announce(room.room_id, loaded.head)
        if room.state is not None and room.state.head != loaded.head:
            room.forget_state()  # another worker has written here meanwhile
        else:
            room.messages.update(dict.fromkeys(missing.message_ids))
            loaded_messages = {message.id: message for message in loaded.messages}
            room.messages.update(loaded_messages)
            room.puts.update({key: put_by(loaded_messages.get(key[0]), key[1]) for key in missing.reactors})
            room.files.update(dict.fromkeys(missing.files))
            room.files.update({(uploader, file.id): file for uploader, file in loaded.files})
        self._rooms.release(room)

    def _give_up(self, rooms: list[LiveRoom]) -> None:
        for room in rooms:
            for pending in self._rooms.take_queue(room, limit=len(room.queue)):
                if not pending.is_over:
                    COMMANDS_NOT_TRIED.inc()
                    self._lanes.end(pending, error=not_tried(pending.command))
            self._rooms.release(room)
        self._publisher.flush()


def put_by(message: MessageState | None, user_id: str) -> frozenset[str]:
    if message is None:
        return frozenset()
    return frozenset(emoji for emoji, people in message.reactions.items() if user_id in people)
