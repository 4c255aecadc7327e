"""What each device here really shows, kept true in Redis for as long as it does."""

import asyncio

from chatflow.errors import NotFound
from chatflow.focus_redis import RENEW_SECONDS, FocusKeys, Look
from gateway.connection import Connection


class Focus:
    def __init__(self, keys: FocusKeys) -> None:
        self._keys = keys
        self._rooms: dict[Connection, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def move(self, connection: Connection, room_id: str | None) -> None:
        """This device shows that room now, or none."""
        if room_id is not None and room_id not in connection.rooms:
            raise NotFound
        before = self._rooms.pop(connection, None)
        if room_id is not None and not connection.is_over:
            self._rooms[connection] = room_id
            await self._keys.keep([(room_id, connection.user_id)])
        if before is not None and before != room_id:
            await self._end((before, connection.user_id))

    def part(self, connection: Connection) -> None:
        room_id = self._rooms.pop(connection, None)
        if room_id is not None:
            task = asyncio.create_task(self._end((room_id, connection.user_id)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Renew what still holds, until cancelled; where somebody was removed from a room they show it no more."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._keys.keep(self._looks())

    def _looks(self) -> set[Look]:
        return {
            (room_id, connection.user_id) for connection, room_id in self._rooms.items() if room_id in connection.rooms
        }

    async def _end(self, look: Look) -> None:
        """No device of the person looks any more here; those at other gateways have keys of their own."""
        if look not in self._looks():
            await self._keys.end(look)
