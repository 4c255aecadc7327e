"""The job queue that is the log itself: an offer is a wake-up on the bus, and taking reads what the log holds as owed.

Beyond the port's guarantees: a room's jobs come oldest first, rooms take turns, and nothing is ever lost between the
two sides, because nothing is kept between them. The reader waits on the bus and asks the log without waiting there, so
that no thread of message_service is held while nothing happens.
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
from chatflow.jobs.port import BATCH_LIMIT, RETRY_AFTER_SECONDS, Batch, clear_owed
from chatflow.wire.bus import JOBS_CHANNEL
from chatflow.wire.outbox import Job, OwedAnswer, OwedAsk

log = structlog.get_logger(__name__)

# A wake-up can be lost with the bus; an indexed look-up each second costs next to nothing.
POLL_SECONDS = 1.0
# Of the oldest that are owed so many are looked through for rooms to take turns; usually it is all there are.
JOBS_LOOKED_THROUGH = 5000
# Some tenths of a second of work, even where each of them names as many people as anybody may: nobody whose room has
# one job waits longer for a room that has thousands.
JOBS_OF_A_ROOM = 20
# Past this many jobs that fail whenever they are tried, something other than the jobs is wrong.
ASIDE_LIMIT = 1000


class LogQueue:
    """See `chatflow.jobs.port.JobQueue`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def start(self) -> None:
        """The bus is already there."""

    def offer(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._bus.publish(JOBS_CHANNEL, b"")

    async def close(self) -> None:
        """The bus is not ours to close."""


class LogSource:
    """See `chatflow.jobs.port.JobSource`; a job that was not cleared is simply still there."""

    def __init__(
        self, bus: Bus, *, message_service: ServiceClient, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._bus = bus
        self._message_service = message_service
        self._monotonic = monotonic
        self._offered = asyncio.Event()
        # Jobs that are passed over, and until when.
        self._aside: dict[Job, float] = {}
        self._state = "not asked yet"

    @property
    def state(self) -> str:
        return self._state

    async def start(self) -> None:
        await self._bus.subscribe(JOBS_CHANNEL, lambda _: self._offered.set())

    async def take(self) -> Batch:
        while True:
            self._offered.clear()
            if jobs := await self._read():
                return Batch(jobs=tuple(jobs))
            with suppress(TimeoutError):
                # Not wait_for: until Python 3.12 that loses a cancellation which meets the wake-up.
                async with asyncio.timeout(POLL_SECONDS):
                    await self._offered.wait()

    async def done(self, batch: Batch) -> None:
        await clear_owed(self._message_service, batch.jobs)

    async def put_aside(self, jobs: Sequence[Job]) -> None:
        until = self._monotonic() + RETRY_AFTER_SECONDS
        for job in jobs[: ASIDE_LIMIT - len(self._aside)]:
            self._aside[job] = until

    async def close(self) -> None:
        await self._bus.unsubscribe(JOBS_CHANNEL)

    async def _read(self) -> list[Job]:
        """Return owed jobs that are not put aside; none while the log cannot be asked."""
        now = self._monotonic()
        self._aside = {job: until for job, until in self._aside.items() if until > now}
        ask = OwedAsk(limit=JOBS_LOOKED_THROUGH)
        try:
            answer = await self._message_service.call("/internal/owed", ask, OwedAnswer, idempotent=True)
        except ChatFlowError as error:
            if self._state != str(error):
                log.warning("owed jobs cannot be read", error=str(error))
            self._state = str(error)
            return []
        self._state = "ok"
        return in_turns(job for job in answer.jobs if job not in self._aside)[:BATCH_LIMIT]


def in_turns(jobs: Iterable[Job]) -> list[Job]:
    """Return the first job of each room, then the second of each, and so on, as many as a room may have in a batch."""
    counts: Counter[str] = Counter()
    turns: list[list[Job]] = [[] for _ in range(JOBS_OF_A_ROOM)]
    for job in jobs:
        if (turn := counts[job.room_id]) < JOBS_OF_A_ROOM:
            turns[turn].append(job)
            counts[job.room_id] += 1
    return [job for turn in turns for job in turn]
