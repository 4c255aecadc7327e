"""The job queue: from the worker that stored an event to the consumer of the outbox that is owed it. Each has its own.

Guarantees: a job that was offered, or that the log still holds as owed, is taken at least once; order is not promised;
duplicates are possible. A job counts as taken over once `done` was called, which the taker does after recording it
durably; jobs of a taker that died before come again. The log's outbox is the truth and the queue only makes it
faster: `offer` may lose jobs, because owners offer again what is owed for longer than 30 s.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from chatflow.http.service_client import ServiceClient
from chatflow.wire.outbox import Job, OwedClear, OwedCleared

# Few enough that their recipients fit one call, many enough that a busy queue costs one transaction per batch.
BATCH_LIMIT = 100
# A job that failed is tried again no sooner than this; owners offer jobs again that are owed for longer.
RETRY_AFTER_SECONDS = 30.0


class JobQueue(Protocol):
    """The chat worker's side of one consumer's queue."""

    async def start(self) -> None:
        """Begin to connect; a queue that is down holds up nobody."""

    def offer(self, jobs: Sequence[Job]) -> None:
        """Announce jobs of stored events. Never waits and never raises; past a limit it drops jobs."""

    async def close(self) -> None:
        """Send what is left, within a second, and disconnect."""


@dataclass(frozen=True)
class Batch:
    """Jobs that one taker holds; only the adapter reads `receipt`."""

    jobs: tuple[Job, ...]
    receipt: object = None

    def without(self, aside: Collection[Job]) -> Self:
        return replace(self, jobs=tuple(job for job in self.jobs if job not in aside))


class JobSource(Protocol):
    """The side of the process that does the jobs; one `take` at a time."""

    @property
    def state(self) -> str:
        """`ok`, or the reason why no jobs come."""

    async def start(self) -> None:
        """Begin to connect; `take` waits until that has worked."""

    async def take(self) -> Batch:
        """Wait for jobs, also through outages. Cancelling this loses nothing."""

    async def done(self, batch: Batch) -> None:
        """Clear the batch's jobs in the log, then drop it; may raise what a call raises, and may be repeated."""

    async def put_aside(self, jobs: Sequence[Job]) -> None:
        """Let other jobs pass these, which always fail. They stay owed, so they come again later, but rarely."""

    async def close(self) -> None:
        """Disconnect; jobs that were taken but not done come again."""


async def clear_owed(message_service: ServiceClient, jobs: Sequence[Job], *, consumer: str) -> None:
    """Tell the log that this consumer has taken these over; clearing twice is the same as once."""
    if jobs:
        ask = OwedClear(jobs=list(jobs), consumer=consumer)
        await message_service.call("/internal/owed/clear", ask, OwedCleared, idempotent=True)
