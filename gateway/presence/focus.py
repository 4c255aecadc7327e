"""Keeps in Redis which room each device connected here shows, for as long as it shows it."""

import asyncio

import structlog

from chatflow.errors import ChatFlowError, NotFound
from chatflow.leases.port import connect
from chatflow.presence.focus_redis import Focused, focus_key, member_of
from chatflow.process.running_tasks import RunningTasks
from gateway.presence.life_set_redis import RENEW_SECONDS, LifeSet
from gateway.sessions.batching import Batcher
from gateway.sessions.connection import Connection

log = structlog.get_logger(__name__)

PAIRS_PER_CALL = 500


class FocusedRooms:
    """Writes (room, person) pairs to Redis; one that cannot be written now is written at the next renewal."""

    def __init__(self, redis_url: str, *, gateway_id: str) -> None:
        self._redis = connect(redis_url)
        self._pairs = LifeSet(self._redis, focus_key(gateway_id))
        # person → the room that each of their devices shows
        self._shown: dict[str, dict[Connection, str]] = {}
        # Pairs that come during a call share the next one, so that callers do not queue up when Redis hangs.
        self._writes: Batcher[Focused, None] = Batcher(self._write, limit=PAIRS_PER_CALL, parallel=1)
        self._tasks = RunningTasks()

    async def move(self, connection: Connection, room_id: str | None) -> None:
        """Note that this device now shows this room, or none."""
        if room_id is not None and room_id not in connection.rooms:
            raise NotFound
        before = self._forget(connection)
        if room_id is not None and not connection.is_over:
            self._shown.setdefault(connection.user_id, {})[connection] = room_id
        # Written even if it showed the same room before: it may have left the room meanwhile, and Redis lack the pair.
        rooms = {room for room in (before, room_id) if room is not None}
        # Shielded: if the client disconnects meanwhile, the end of its earlier focus must still be written.
        await asyncio.gather(*(asyncio.shield(self._start_writing(room, connection)) for room in rooms))

    def depart(self, connection: Connection) -> None:
        room_id = self._forget(connection)
        if room_id is not None:
            self._start_writing(room_id, connection)

    def _start_writing(self, room_id: str, connection: Connection) -> asyncio.Task[None]:
        return self._tasks.start(self._writes.submit((room_id, connection.user_id)))

    async def run(self) -> None:
        """Renew all pairs at once, and correct those that differ in Redis, as after a removal from a room."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._pairs.renew()
                true = self._true()
                if true != self._pairs.written:
                    await self._pairs.change(add=true - self._pairs.written, remove=self._pairs.written - true)
            except ChatFlowError as error:
                log.warning("focus cannot be renewed in Redis", error=str(error))

    async def close(self) -> None:
        await self._tasks.finish()
        await self._redis.aclose()

    async def _write(self, pairs: list[Focused]) -> list[None]:
        """Write for each pair whether it is true now: other devices of the person may show the room too."""
        true = {member_of(pair) for pair in pairs if self._is_shown(pair)}
        try:
            await self._pairs.change(add=true, remove={member_of(pair) for pair in pairs} - true)
        except ChatFlowError as error:
            log.warning("focus cannot be written to Redis", error=str(error))
        return [None] * len(pairs)

    def _is_shown(self, pair: Focused) -> bool:
        room_id, user_id = pair
        devices = self._shown.get(user_id, {})
        return any(shown == room_id in connection.rooms for connection, shown in devices.items())

    def _forget(self, connection: Connection) -> str | None:
        devices = self._shown.get(connection.user_id, {})
        room_id = devices.pop(connection, None)
        if not devices:
            self._shown.pop(connection.user_id, None)
        return room_id

    def _true(self) -> set[str]:
        return {
            member_of((room_id, user_id))
            for user_id, devices in self._shown.items()
            for connection, room_id in devices.items()
            if room_id in connection.rooms
        }
