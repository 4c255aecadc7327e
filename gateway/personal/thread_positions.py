"""How far people have read threads: written in batches, answered once stored, told to the person's other devices."""

import msgspec

from chatflow.errors import NotFound
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.queries import ReadThread
from chatflow.protocol.told import RoomMine
from chatflow.wire.bus import ToPerson
from chatflow.wire.personal import ThreadMark, ThreadReadAnswer, ThreadReadRequest
from gateway.delivery.signals import SignalSender
from gateway.sessions.batching import Batcher
from gateway.sessions.connection import Connection

MARKS_PER_CALL = 200


class ThreadPositions:
    """They only move forward, so that the order in which they are written does not matter."""

    def __init__(self, messages: ServiceClient, signals: SignalSender) -> None:
        self._messages = messages
        self._signals = signals
        self._marks: Batcher[ThreadMark, int | None] = Batcher(self._call, limit=MARKS_PER_CALL)

    async def mark(self, connection: Connection, request: ReadThread) -> int:
        """Move the position forward and return where it stands; raise `not_found` for what one may not read."""
        n = await self._marks.submit(ThreadMark(connection.user_id, request.room_id, request.id, request.n))
        if n is None:
            raise NotFound
        mine = msgspec.to_builtins(RoomMine(request.room_id, threads_read={request.id: n}))
        self._signals.send(
            ToPerson(user_id=connection.user_id, name="room:mine", payload=mine, except_connection=connection.id)
        )
        return n

    async def _call(self, marks: list[ThreadMark]) -> list[int | None]:
        request = ThreadReadRequest(marks=marks)
        answer = await self._messages.call("/internal/threads/read", request, ThreadReadAnswer, idempotent=True)
        return answer.positions
