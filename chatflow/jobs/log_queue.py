"""The job queue without a broker: an offer wakes the taker by the bus, and it reads from the log which jobs are owed.

Beyond the port's guarantees, a room's jobs come oldest first, and rooms take turns. Nothing is kept between the two
sides, so nothing is lost there. The taker waits on the bus and not for an answer of the log, so that it holds no thread
of message_service while nothing happens.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import structlog

from chatflow.bus.port import Bus
from chatflow.errors import ChatFlowError
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.left_out import LATER_LIMIT, LeftOut
from chatflow.jobs.port import BATCH_LIMIT, Batch, clear_owed
from chatflow.wire.bus import JOBS_CHANNEL
from chatflow.wire.outbox import ALERTS, Job, OwedAnswer, OwedRequest

log = structlog.get_logger(__name__)

# The bus may lose a wake-up, so the taker also asks each second; the log answers that from an index.
POLL_SECONDS = 1.0
# So many of the oldest owed jobs are read, so that rooms can take turns. Usually there are fewer.
JOBS_LOOKED_THROUGH = LATER_LIMIT
# So many jobs of one room may be in a batch. They are some tenths of a second of work, even if each concerns very many
# people, and a room with a single job waits no longer than that for a room with thousands.
JOBS_OF_A_ROOM = 20


class LogQueue:
    """See `chatflow.jobs.port.JobQueue`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def start(self) -> None:
        """Do nothing: the bus is already connected."""

    def offer(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._bus.publish(JOBS_CHANNEL, b"")

    async def close(self) -> None:
        """Do nothing: whoever opened the bus closes it."""


class LogSource:
    """See `chatflow.jobs.port.JobSource`. A job that was not cleared is still in the log, and is read again."""

    def __init__(
        self,
        bus: Bus,
        *,
        message_service: ServiceClient,
        consumer: str = ALERTS,
        is_first_suspect: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bus = bus
        self._consumer = consumer
        self._message_service = message_service
        self._left_out = LeftOut(monotonic=monotonic)
        self._offered = asyncio.Event()
        self._state = "not asked yet"
        # Nothing counts how often a job was taken. If the taker died, it was perhaps of one that was owed for long.
        self._is_next_suspect = is_first_suspect

    @property
    def state(self) -> str:
        return self._state

    async def start(self) -> None:
        await self._bus.subscribe(JOBS_CHANNEL, lambda _: self._offered.set())

    async def take(self) -> Batch:
        while True:
            self._offered.clear()
            if jobs := await self._read():
                self._left_out.take(jobs)
                is_suspect, self._is_next_suspect = self._is_next_suspect, False
                return Batch(jobs=tuple(jobs), receipt=tuple(jobs), is_suspect=is_suspect)
            with suppress(TimeoutError):
                # Not `wait_for`: before Python 3.12 it swallows a cancellation at the moment of the wake-up.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._offered.wait()

    async def done(self, batch: Batch) -> None:
        await clear_owed(self._message_service, batch.jobs, consumer=self._consumer)
        assert isinstance(batch.receipt, tuple)  # noqa: S101 - `take` made it
        self._left_out.let_go(batch.receipt)

    async def bring_later(self, jobs: Sequence[Job], *, seconds: float) -> None:
        self._left_out.leave_for(seconds, jobs=jobs)

    async def skip(self, jobs: Sequence[Job], *, seconds: float) -> None:
        self._left_out.leave_for(seconds, jobs=jobs)

    async def close(self) -> None:
        await self._bus.unsubscribe(JOBS_CHANNEL)

    async def _read(self) -> list[Job]:
        """Return owed jobs that are neither held nor left for later, or none if the log does not answer."""
        left_out = self._left_out.now()
        request = OwedRequest(consumer=self._consumer, limit=JOBS_LOOKED_THROUGH)
        try:
            answer = await self._message_service.call("/internal/owed", request, OwedAnswer, idempotent=True)
        except ChatFlowError as error:
            if self._state != str(error):
                log.warning("owed jobs cannot be read", error=str(error))
            self._state = str(error)
            return []
        self._state = "ok"
        return in_turns(job for job in answer.jobs if job not in left_out)[:BATCH_LIMIT]


def in_turns(jobs: Iterable[Job]) -> list[Job]:
    """Return the first job of each room, then the second of each, and so on, up to the limit of one room."""
    counts: Counter[str] = Counter()
    turns: list[list[Job]] = [[] for _ in range(JOBS_OF_A_ROOM)]
    for job in jobs:
        if (turn := counts[job.room_id]) < JOBS_OF_A_ROOM:
            turns[turn].append(job)
            counts[job.room_id] += 1
    return [job for turn in turns for job in turn]
