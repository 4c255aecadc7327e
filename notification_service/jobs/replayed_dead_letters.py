"""The source of replayed dead letters: jobs that an operator has tried again. What owes them is their record."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from chatflow.errors import ChatFlowError
from chatflow.jobs.left_out import LeftOut
from chatflow.jobs.port import BATCH_LIMIT, Batch
from chatflow.wire.outbox import Job
from notification_service.stores.failures import Failures

log = structlog.get_logger(__name__)

# Who replays a job wakes its source; this is for pauses that end, and for what another process was told.
POLL_SECONDS = 5.0
LOOKED_THROUGH = 1000


class ReplayedDeadLetters:
    """See `chatflow.jobs.port.JobSource`. A job is done when its record is forgotten, which whoever did it has done."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures
        self._left_out = LeftOut()
        self._woken = asyncio.Event()

    @property
    def state(self) -> str:
        return "ok"

    async def start(self) -> None:
        """Do nothing: the database is there."""

    def wake(self) -> None:
        """Read the records at once."""
        self._woken.set()

    async def take(self) -> Batch:
        while True:
            self._woken.clear()
            if jobs := await self._read():
                self._left_out.take(jobs)
                return Batch(jobs=tuple(jobs), receipt=tuple(jobs))
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._woken.wait()

    async def done(self, batch: Batch) -> None:
        assert isinstance(batch.receipt, tuple)  # noqa: S101 - `take` made it
        self._left_out.let_go(batch.receipt)

    async def bring_later(self, jobs: Sequence[Job], *, seconds: float) -> None:
        self._left_out.leave_for(seconds, jobs=jobs)

    async def skip(self, jobs: Sequence[Job], *, seconds: float) -> None:
        self._left_out.leave_for(seconds, jobs=jobs)

    async def close(self) -> None:
        """Do nothing: whoever opened the database closes it."""

    async def _read(self) -> list[Job]:
        left_out = self._left_out.now()
        try:
            due = await self._failures.due(limit=LOOKED_THROUGH)
        except ChatFlowError as error:
            log.warning("replayed jobs cannot be read", error=error.message)
            return []
        return [job for job in due if job not in left_out][:BATCH_LIMIT]
