"""One batch on its way: what can be done of it is done, and what cannot is left for later or is a dead letter.

Only a job's own fault counts: an outage is waited out for a while, and then the jobs are given back uncounted. Nothing
is given back in a way that a broker counts, and nothing is kept for as long as a broker's consumer timeout.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from chatflow.errors import ChatFlowError, Forbidden, TimedOut, Unauthenticated, Unavailable
from chatflow.jobs.port import PAUSES_SECONDS, Batch, JobSource
from chatflow.wire.failed_jobs import FailedJob
from chatflow.wire.outbox import Job
from notification_service.jobs.portions import Portions
from notification_service.metrics import JOBS_FAILED, JOBS_GIVEN_BACK, JOBS_TAKEN
from notification_service.stores.failures import Failures, pause_after, seconds_to_wait

log = structlog.get_logger(__name__)

# A secret that this service or the other does not know yet says nothing about any job either.
OUTAGES = (Unavailable, TimedOut, Forbidden, Unauthenticated)
PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
# Jobs that meet an outage for longer are given back, so that this batch makes space for others.
GIVE_BACK_AFTER_SECONDS = 10.0
# An error that is no outage may pass by itself. After so many, each job is tried alone, to find the one that fails.
TRIES_TOGETHER = 3
DIED = "Whoever took it ended before it was done, several times."

Do = Callable[[Portions], Awaitable[None]]


class BatchAttempts:
    def __init__(
        self,
        batch: Batch,
        *,
        source: JobSource,
        do: Do,
        failures: Failures,
        alone: asyncio.Semaphore,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._batch = batch
        self._source = source
        self._do = do
        self._failures = failures
        # Whoever tries a job by itself holds it, of all batches.
        self._alone = alone
        self._clock = clock
        self._left: Portions | None = None
        self._known: dict[Job, FailedJob] = {}
        self._errors = 0

    async def run(self) -> None:
        """Try until all of the batch is done or left for later."""
        attempt, began = 0, time.monotonic()
        while not await self._is_over(gives_up=time.monotonic() - began >= GIVE_BACK_AFTER_SECONDS):
            await asyncio.sleep(PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)])
            attempt += 1

    async def _is_over(self, *, gives_up: bool) -> bool:
        try:
            if self._left is None:
                self._left = await self._admit()
            if self._batch.is_suspect:
                await self._do_carefully(self._left)
            else:
                await self._do_together(self._left, is_last_try=gives_up)
            if not self._left.left:
                await self._failures.forget([job for job, one in self._known.items() if one.state != "dead"])
                await self._source.done(self._batch)
                JOBS_TAKEN.inc(len(self._batch.jobs))
                return True
        except OUTAGES as error:
            log.warning("jobs have to wait", error=error.message, jobs=len(self._batch.jobs))
        except Exception:
            log.exception("jobs could not be kept track of", jobs=len(self._batch.jobs))
        if gives_up:
            await self._give_back()
        return gives_up

    async def _admit(self) -> Portions:
        """Leave out jobs that came before their time, and what is a dead letter already."""
        self._known, now = await self._failures.among(self._batch.jobs), self._clock()
        for job, one in list(self._known.items()):
            if seconds := seconds_to_wait(one, now=now):
                await self._source.skip([job], seconds=seconds)
                self._batch = self._batch.without([job])
                del self._known[job]
        dead = {job for job, one in self._known.items() if one.state == "dead"}
        return Portions([job for job in self._batch.jobs if job not in dead])

    async def _do_together(self, left: Portions, *, is_last_try: bool) -> None:
        try:
            await self._do(left)
        except OUTAGES:
            raise
        except Exception as error:
            log.exception("a batch of jobs failed", jobs=len(left.left))
            self._errors += 1
            # What hung takes its whole deadline each time, so it is looked for at once.
            if is_last_try or self._errors >= TRIES_TOGETHER or isinstance(error, TimeoutError):
                await self._try_each_alone(left)

    async def _try_each_alone(self, left: Portions) -> None:
        """Try each job by itself, so that those at fault are found and the others done."""
        faults, done = dict[Job, str](), set[Job]()

        async def try_alone(job: Job) -> None:
            async with self._alone:
                try:
                    await self._do(Portions([job]))
                    done.add(job)
                except OUTAGES:
                    pass  # it says nothing about the job, which is still left
                except Exception as error:
                    log.exception("a job failed", room_id=job.room_id, seq=job.seq)
                    faults[job] = f"{type(error).__name__}: {error}"

        async with asyncio.TaskGroup() as group:
            for job in left.left:
                group.create_task(try_alone(job))
        left.drop(done)
        await self._set_apart(faults, await self._failures.record(faults, known=self._known))
        left.drop(faults)

    async def _do_carefully(self, left: Portions) -> None:
        """Do jobs of which this process may die: one after the other, each counted before it is tried."""
        for job in list(left.left):
            counted = await self._failures.record({job: DIED}, known=self._known)
            if any(one.state == "dead" for one in counted.values()):
                await self._set_apart([job], counted)
            else:
                await self._do_counted(job, counted)
            left.drop([job])

    async def _do_counted(self, job: Job, counted: Mapping[Job, FailedJob]) -> None:
        try:
            await self._do(Portions([job]))
        except OUTAGES:
            await self._failures.put_back(self._known.get(job), job=job)
            raise
        except Exception:
            log.exception("a job failed", room_id=job.room_id, seq=job.seq)
            await self._set_apart([job], counted)
        else:
            # At once: those behind it may end the process, again and again.
            self._known.pop(job, None)
            await self._failures.forget([job])

    async def _set_apart(self, jobs: Collection[Job], failed: Mapping[Job, FailedJob]) -> None:
        """Leave jobs that failed for later. Those that became dead letters stay in the batch, to be cleared with it."""
        JOBS_FAILED.inc(len(jobs))
        later: dict[float, list[Job]] = {}
        for job in jobs:
            self._known.pop(job, None)
            match failed.get(job):
                case None:
                    later.setdefault(PAUSES_SECONDS[-1], []).append(job)
                case FailedJob(state="dead"):
                    log.error("a job is a dead letter now", room_id=job.room_id, seq=job.seq)
                case one:
                    later.setdefault(pause_after(one.failures), []).append(job)
        for seconds, some in later.items():
            await self._source.bring_later(some, seconds=seconds)
            self._batch = self._batch.without(some)

    async def _give_back(self) -> None:
        """Leave for later what is not done, without counting it; and all of it where the log cannot be told."""
        left = self._batch.jobs if self._left is None else self._left.left
        JOBS_GIVEN_BACK.inc(len(left))
        await self._bring_soon(left)
        done = self._batch.without(left)
        try:
            await self._source.done(done)
        except ChatFlowError:
            await self._bring_soon(done.jobs)
            await self._source.done(done.without(done.jobs))

    async def _bring_soon(self, jobs: Sequence[Job]) -> None:
        if jobs:
            await self._source.bring_later(jobs, seconds=PAUSES_SECONDS[0])
