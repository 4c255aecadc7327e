"""Read positions: all marks of a quarter of a second become one write, and each is answered once it is stored.

Writes follow one another, so that a person's marks take effect in the order in which they came here.
"""

import asyncio

import msgspec
import structlog

from chatflow.batches import batches
from chatflow.errors import ChatFlowError, Internal, NotFound
from chatflow.http.service_client import ServiceClient
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.queries import MarkRead, MarkUnread
from chatflow.wire.bus import ReadMoved
from chatflow.wire.reads import ReadAnswer, ReadMark, ReadRequest
from gateway.delivery.read_order import Position, ReadOrder
from gateway.delivery.signals import SignalSender
from gateway.personal.thread_positions import ThreadPositions
from gateway.sessions.connection import Connection

log = structlog.get_logger(__name__)

MERGE_SECONDS = 0.25
# A larger write would take the store longer than its callers should wait for each other.
MARKS_PER_CALL = 500


class Waiting(msgspec.Struct):
    """What the marks of one person in one room come to, and who waits for it."""

    mark: ReadMark
    sources: set[str] = msgspec.field(default_factory=set)
    answers: list[asyncio.Future[int]] = msgspec.field(default_factory=list)


# By person and room.
Collected = dict[tuple[str, str], Waiting]


class ReadPositions:
    """Collects marks by person and room; only what they come to is written. Those of threads are in `threads`."""

    def __init__(self, messages: ServiceClient, signals: SignalSender, order: ReadOrder) -> None:
        self._messages = messages
        self._signals = signals
        self._order = order
        self.threads = ThreadPositions(messages, signals)
        self._collected: Collected = {}
        self._is_writing = False
        self._tasks = RunningTasks()

    async def mark(self, connection: Connection, request: MarkRead | MarkUnread) -> int:
        """Move the position and return where it stands; raise `not_found` without a membership."""
        key = (connection.user_id, request.room_id)
        mark = mark_of(connection.user_id, request)
        waiting = self._collected.get(key)
        if waiting is None:
            waiting = self._collected[key] = Waiting(mark)
        else:
            waiting.mark = both(waiting.mark, mark)
        waiting.sources.add(connection.id)
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        waiting.answers.append(stored)
        if not self._is_writing:
            self._is_writing = True
            self._tasks.start(self._write_all())
        return await stored

    async def _write_all(self) -> None:
        try:
            while self._collected:
                await asyncio.sleep(MERGE_SECONDS)
                collected, self._collected = self._collected, {}
                for some in batches(list(collected), MARKS_PER_CALL):
                    await self._settle({key: collected[key] for key in some})
        finally:
            self._is_writing = False

    async def _settle(self, collected: Collected) -> None:
        """Write a batch, and answer every caller who waits, also after a failure."""
        failure: ChatFlowError = NotFound()
        try:
            await self._write(collected)
        except ChatFlowError as error:
            failure = error
        except Exception:
            log.exception("read positions could not be written")
            failure = Internal()
        for waiting in collected.values():
            fail(waiting.answers, failure)

    async def _write(self, collected: Collected) -> None:
        """Write a batch and answer the callers in the answer of the store."""
        request = ReadRequest(marks=[waiting.mark for waiting in collected.values()])
        answer = await self._messages.call("/internal/read", request, ReadAnswer, idempotent=True)
        for position in answer.positions:
            waiting = collected[position.user_id, position.room_id]
            if position.seq is None:
                fail(waiting.answers, NotFound())
                continue
            known = self._order.note(position.user_id, position.room_id, Position(position.seq, position.moves))
            for future in waiting.answers:
                if not future.done():
                    # Another device may have moved it again, and this one may have been told so already.
                    future.set_result(known.seq)
            self._signals.send(
                ReadMoved(
                    room_id=position.room_id,
                    user_id=position.user_id,
                    seq=position.seq,
                    n=position.n,
                    except_connection=next(iter(waiting.sources)) if len(waiting.sources) == 1 else None,
                    moves=position.moves,
                )
            )


def mark_of(user_id: str, request: MarkRead | MarkUnread) -> ReadMark:
    if isinstance(request, MarkUnread):
        return ReadMark(user_id, request.room_id, max(0, request.seq - 1), sets=True)
    return ReadMark(user_id, request.room_id, request.seq)


def both(first: ReadMark, then: ReadMark) -> ReadMark:
    """Return what two marks come to, one after the other."""
    if then.sets:
        return then
    return msgspec.structs.replace(first, seq=max(first.seq, then.seq))


def fail(futures: list[asyncio.Future[int]], error: ChatFlowError) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
