"""Takes batches of jobs from their sources, and does several at the same time: a slow one holds back no other."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chatflow.jobs.port import BATCHES_AT_ONCE, PAUSES_SECONDS, Batch, JobSource
from chatflow.wire.outbox import Job
from notification_service.jobs.batch_attempts import BatchAttempts, Do
from notification_service.stores.failures import Failures


class JobRunner:
    def __init__(
        self,
        *,
        sources: Sequence[JobSource],
        do: Do,
        failures: Failures,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sources = sources
        self._do = do
        self._failures = failures
        self._clock = clock
        # Of all batches together: jobs that are tried by themselves put no more on the database than others do.
        self._alone = asyncio.Semaphore(BATCHES_AT_ONCE)
        self._under_way: set[Job] = set()
        self._taking: list[asyncio.Task[None]] = []
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Do batch after batch, until cancelled or told to finish."""
        self._idle.clear()
        try:
            async with asyncio.TaskGroup() as group:
                self._taking = [group.create_task(self._take_from(source, group)) for source in self._sources]
        finally:
            self._idle.set()

    async def finish(self) -> None:
        """Take no further batch, and return once the last is done; one that is cut off might be told twice."""
        for task in self._taking:
            task.cancel()
        await self._idle.wait()

    async def do(self, batch: Batch, *, source: JobSource) -> None:
        """Do the batch, but for jobs that are being done by another, which sees to them."""
        copies = self._under_way.intersection(batch.jobs)
        await source.skip(list(copies), seconds=PAUSES_SECONDS[0])
        own = batch.without(copies)
        self._under_way.update(own.jobs)
        try:
            await BatchAttempts(
                own,
                source=source,
                do=self._do,
                failures=self._failures,
                alone=self._alone,
                clock=self._clock,
            ).run()
        finally:
            self._under_way.difference_update(own.jobs)

    async def _take_from(self, source: JobSource, group: asyncio.TaskGroup) -> None:
        free = asyncio.Semaphore(BATCHES_AT_ONCE)
        while True:
            await free.acquire()
            batch = await source.take()
            group.create_task(self.do(batch, source=source)).add_done_callback(lambda _: free.release())
