"""The job queue: a worker that stored an event offers a job, and a consumer of the outbox takes it; each has its own.

Guarantees: every job that the log keeps as owed is taken at least once, in any order, and perhaps several times. The
taker calls `done` after it has recorded the job durably; jobs of a taker that died before that come again. The log's
outbox is the truth, and the queue only makes it faster. So `offer` and `bring_later` may lose jobs: owners of rooms
offer again what is owed for longer than 30 s.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from chatflow.http.service_client import ServiceClient
from chatflow.wire.outbox import Job, OwedClear, OwedCleared

# Jobs in a batch: few enough for one call about all of them, and enough that a busy queue costs few transactions.
BATCH_LIMIT = 100
# A taker does so many batches at the same time, so that one that is slow or hangs delays no other.
BATCHES_AT_ONCE = 4
# Owners offer jobs again that are owed for longer.
OFFER_AGAIN_AFTER_SECONDS = 30.0
# For how long a job can be left for later.
PAUSES_SECONDS = (5, 60, 300)


class JobQueue(Protocol):
    """The chat worker's side of one consumer's queue."""

    async def start(self) -> None:
        """Begin to connect, without waiting until it has worked."""

    def offer(self, jobs: Sequence[Job]) -> None:
        """Announce jobs of stored events. Never waits and never raises; beyond a limit it drops jobs."""

    async def close(self) -> None:
        """Send what still waits, for a second at most, and disconnect."""


@dataclass(frozen=True)
class Batch:
    """Jobs that one taker has taken; only the adapter reads `receipt`. Takers may have died of one that is suspect."""

    jobs: tuple[Job, ...]
    receipt: object = None
    is_suspect: bool = False

    def without(self, aside: Collection[Job]) -> Self:
        return replace(self, jobs=tuple(job for job in self.jobs if job not in aside))


class JobSource(Protocol):
    """The side of the process that does the jobs. It calls `take` once at a time, and has several batches under way."""

    @property
    def state(self) -> str:
        """`ok`, or the reason why no jobs come, for `/ready`."""

    async def start(self) -> None:
        """Begin to connect; `take` waits until that has worked."""

    async def take(self) -> Batch:
        """Wait for jobs, also during outages. Cancelling this loses no job."""

    async def done(self, batch: Batch) -> None:
        """Clear the batch's jobs in the log, then let go of all that was taken. Raises as a call does; may be repeated.

        Jobs that the batch is `without` stay owed, and were left for later before.
        """

    async def bring_later(self, jobs: Sequence[Job], *, seconds: float) -> None:
        """Bring these jobs again after a pause. They stay owed, so if this fails or is lost they come all the same."""

    async def skip(self, jobs: Sequence[Job], *, seconds: float) -> None:
        """Do not bring these jobs before that, if the source can tell: they came while they wait for a later time."""

    async def close(self) -> None:
        """Disconnect; jobs that were taken but not done come again."""


async def clear_owed(message_service: ServiceClient, jobs: Sequence[Job], *, consumer: str) -> None:
    """Tell the log that these jobs are no longer owed to this consumer; twice is the same as once."""
    if jobs:
        request = OwedClear(jobs=list(jobs), consumer=consumer)
        await message_service.call("/internal/owed/clear", request, OwedCleared, idempotent=True)
