"""Keeps the jobs that failed: how often, why, when each is tried again, and which are dead letters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from django.db.models import Q, QuerySet

from chatflow.jobs.port import PAUSES_SECONDS
from chatflow.wire.failed_jobs import FailedJob
from chatflow.wire.outbox import ALERTS, Job
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.models import StoredFailure

# With the pauses in between, a job that fails each time is a dead letter after some ten minutes.
FAILURES_AT_MOST = 5
# Of all states together. Jobs that fail beyond it are tried on and on, since the fault is hardly theirs.
KEPT_AT_MOST = 10_000
ERROR_CHARACTERS = 2000
# A clock that is a little behind the one that wrote does not let a job miss its turn.
EARLY_SECONDS = 1.0
# A job that waits for longer was lost sight of, as when the taker died after doing it: it would have been tried again.
WAITED_OUT = timedelta(days=1)

FIELDS = ("room_id", "seq", "consumer", "state", "failures", "error", "first_at", "last_at", "again_at")


class Failures:
    """The failed jobs of one consumer. Each method is one transaction, and repeating it changes nothing more."""

    def __init__(
        self,
        database: Database,
        *,
        consumer: str = ALERTS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._consumer = consumer
        self._clock = clock
        self._rows = StoredFailure.objects.filter(consumer=consumer)

    async def among(self, jobs: Sequence[Job]) -> dict[Job, FailedJob]:
        """Return those of the jobs that failed before."""

        def work() -> dict[Job, FailedJob]:
            found: dict[Job, FailedJob] = {}
            for ids in chunks([self._id(job) for job in jobs]):
                found |= {one.job: one for one in map(as_failed, self._rows.filter(id__in=ids).values_list(*FIELDS))}
            return found

        return await self._database.read(work) if jobs else {}

    async def record(self, errors: Mapping[Job, str], *, known: Mapping[Job, FailedJob]) -> dict[Job, FailedJob]:
        """Count one more failure of each job, from what is `known`, and return what becomes of it.

        Jobs for which there is no space are not among those returned.
        """
        failed = [self._next(job, error, before=known.get(job)) for job, error in errors.items()]

        def work() -> dict[Job, FailedJob]:
            space = max(0, KEPT_AT_MOST - self._rows.count())
            old = [one for one in failed if one.job in known]
            kept = [*old, *[one for one in failed if one.job not in known][:space]]
            StoredFailure.objects.bulk_create(
                [self._row(one) for one in kept],
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=["state", "failures", "error", "last_at", "again_at"],
            )
            return {one.job: one for one in kept}

        return await self._database.transact(work) if failed else {}

    async def put_back(self, before: FailedJob | None, *, job: Job) -> None:
        """Let the job's record be as it was before: a failure that was counted was none."""

        def work() -> None:
            self._rows.filter(id=self._id(job)).delete()
            if before is not None:
                self._row(before).save(force_insert=True)

        await self._database.transact(work)

    async def forget(self, jobs: Sequence[Job]) -> None:
        """Forget that these ever failed: they are done."""

        def work() -> None:
            for ids in chunks(sorted(map(self._id, jobs))):
                self._rows.filter(id__in=ids).delete()

        if jobs:
            await self._database.transact(work)

    async def due(self, *, limit: int) -> list[Job]:
        """Return replayed jobs whose time has come; they are owed by their record here, and no longer by the log.

        As in `seconds_to_wait`, what waits for longer than any pause was written before the clock was set back.
        """
        now = self._clock()
        longest = now + timedelta(seconds=PAUSES_SECONDS[-1])
        is_due = Q(again_at__lte=text_of(now)) | Q(again_at__gt=text_of(longest))
        rows = self._rows.filter(is_due, state="replayed").order_by("again_at")
        found = rows.values_list("room_id", "seq")[:limit]
        return await self._database.read(lambda: [Job(*row) for row in found])

    async def page(self, *, limit: int, job: Job | None = None) -> tuple[list[FailedJob], int]:
        """Return those that failed last, and how many there are; or only this one."""
        rows = self._rows if job is None else self._rows.filter(id=self._id(job))
        newest = rows.order_by("-last_at", "id").values_list(*FIELDS)[:limit]
        return await self._database.read(lambda: (list(map(as_failed, newest)), rows.count()))

    async def replay(self, jobs: Sequence[Job] | None) -> int:
        """Let these dead letters be tried again, or all of them, and return how many it concerned."""
        now = text_of(self._clock())
        return await self._change(jobs, lambda dead: dead.update(state="replayed", failures=0, again_at=now))

    async def drop(self, jobs: Sequence[Job] | None) -> int:
        """Forget these dead letters, or all of them, and return how many it concerned."""
        return await self._change(jobs, lambda dead: dead.delete()[0])

    async def dead_since(self) -> tuple[int, datetime | None]:
        """Return how many dead letters there are, and when the oldest became one."""
        dead = self._rows.filter(state="dead").order_by("last_at").values_list("last_at", flat=True)
        count, oldest = await self._database.read(lambda: (dead.count(), dead.first()))
        return count, None if oldest is None else datetime.fromisoformat(oldest)

    async def forget_lost(self) -> None:
        """Forget the counts of jobs that waited for a time that is long past."""
        long_ago = text_of(self._clock() - WAITED_OUT)
        await self._database.transact(lambda: self._rows.filter(state="waiting", again_at__lt=long_ago).delete())

    async def _change(self, jobs: Sequence[Job] | None, change: Callable[[QuerySet[StoredFailure]], int]) -> int:
        dead = self._rows.filter(state="dead")

        def work() -> int:
            if jobs is None:
                return change(dead)
            return sum(change(dead.filter(id__in=ids)) for ids in chunks(sorted({self._id(job) for job in jobs})))

        return await self._database.transact(work)

    def _next(self, job: Job, error: str, *, before: FailedJob | None) -> FailedJob:
        failures = 1 if before is None else before.failures + 1
        is_dead = failures >= FAILURES_AT_MOST
        now = self._clock()
        # What was replayed stays so: the log does not owe it any more.
        waiting = "waiting" if before is None or before.state == "dead" else before.state
        return FailedJob(
            consumer=self._consumer,
            job=job,
            state="dead" if is_dead else waiting,
            failures=failures,
            error=error[:ERROR_CHARACTERS].replace("\0", ""),
            first_at=text_of(now) if before is None else before.first_at,
            last_at=text_of(now),
            again_at=text_of(now if is_dead else now + timedelta(seconds=pause_after(failures))),
        )

    def _row(self, one: FailedJob) -> StoredFailure:
        fields = msgspec.structs.asdict(one)
        job = fields.pop("job")
        return StoredFailure(id=self._id(job), room_id=job.room_id, seq=job.seq, **fields)

    def _id(self, job: Job) -> str:
        return f"{self._consumer}/{job.room_id}/{job.seq}"


def as_failed(row: tuple[str, int, str, str, int, str, str, str, str]) -> FailedJob:
    room_id, seq, *rest = row
    return FailedJob(job=Job(room_id, seq), **dict(zip(FIELDS[2:], rest, strict=True)))  # type: ignore[arg-type]


def pause_after(failures: int) -> int:
    return PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS)) - 1]


def seconds_to_wait(one: FailedJob, *, now: datetime) -> float:
    """Return how long the job still waits; not at all if the clock was set back, which may be by years."""
    left = (datetime.fromisoformat(one.again_at) - now).total_seconds()
    return left if EARLY_SECONDS < left <= PAUSES_SECONDS[-1] else 0.0


def text_of(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
