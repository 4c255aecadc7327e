"""Read positions: all marks of a quarter of a second become one write, and each is answered once it is stored."""

import asyncio

import structlog

from chatflow.batches import batches
from chatflow.errors import ChatFlowError, Internal, NotFound
from chatflow.http.service_client import ServiceClient
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.queries import MarkRead
from chatflow.wire.bus import ReadMoved
from chatflow.wire.reads import ReadAnswer, ReadAsk, ReadMark
from gateway.delivery.signals import SignalSender
from gateway.sessions.connection import Connection

log = structlog.get_logger(__name__)

MERGE_SECONDS = 0.25
# A larger write would take the store longer than its callers should wait for each other.
MARKS_PER_CALL = 500


class ReadPositions:
    """Collects marks by person and room; only the furthest of each is written."""

    def __init__(self, messages: ServiceClient, signals: SignalSender) -> None:
        self._messages = messages
        self._signals = signals
        self._marks: dict[tuple[str, str], int] = {}
        self._waiting: dict[tuple[str, str], list[asyncio.Future[int]]] = {}
        self._sources: dict[tuple[str, str], set[str]] = {}
        self._tasks = RunningTasks()

    async def mark(self, connection: Connection, request: MarkRead) -> int:
        """Move the position forward and return where it stands; raise `not_found` without a membership."""
        key = (connection.user_id, request.room_id)
        if not self._marks:
            asyncio.get_running_loop().call_later(MERGE_SECONDS, self._start_write)
        self._marks[key] = max(request.seq, self._marks.get(key, 0))
        self._sources.setdefault(key, set()).add(connection.id)
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(stored)
        return await stored

    def _start_write(self) -> None:
        marks, self._marks = self._marks, {}
        waiting, self._waiting = self._waiting, {}
        sources, self._sources = self._sources, {}
        self._tasks.start(self._settle_all(marks, waiting, sources))

    async def _settle_all(
        self,
        marks: dict[tuple[str, str], int],
        waiting: dict[tuple[str, str], list[asyncio.Future[int]]],
        sources: dict[tuple[str, str], set[str]],
    ) -> None:
        for some in batches(list(marks), MARKS_PER_CALL):
            await self._settle(
                {key: marks[key] for key in some},
                {key: waiting[key] for key in some},
                sources,
            )

    async def _settle(
        self,
        marks: dict[tuple[str, str], int],
        waiting: dict[tuple[str, str], list[asyncio.Future[int]]],
        sources: dict[tuple[str, str], set[str]],
    ) -> None:
        """Write a batch, and answer every caller who waits, also after a failure."""
        failure: ChatFlowError = NotFound()
        try:
            await self._write(marks, waiting, sources)
        except ChatFlowError as error:
            failure = error
        except Exception:
            log.exception("read positions could not be written")
            failure = Internal()
        for futures in waiting.values():
            fail(futures, failure)

    async def _write(
        self,
        marks: dict[tuple[str, str], int],
        waiting: dict[tuple[str, str], list[asyncio.Future[int]]],
        sources: dict[tuple[str, str], set[str]],
    ) -> None:
        """Write a batch and answer the callers in the answer of the store; the others stay in `waiting`."""
        ask = ReadAsk(marks=[ReadMark(user_id, room_id, seq) for (user_id, room_id), seq in marks.items()])
        answer = await self._messages.call("/internal/read", ask, ReadAnswer, idempotent=True)
        for position in answer.positions:
            key = (position.user_id, position.room_id)
            futures = waiting.pop(key, [])
            if position.seq is None:
                fail(futures, NotFound())
                continue
            for future in futures:
                if not future.done():
                    future.set_result(position.seq)
            self._signals.send(
                ReadMoved(
                    room_id=position.room_id,
                    user_id=position.user_id,
                    seq=position.seq,
                    n=position.n,
                    except_connection=next(iter(sources[key])) if len(sources[key]) == 1 else None,
                )
            )


def fail(futures: list[asyncio.Future[int]], error: ChatFlowError) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
