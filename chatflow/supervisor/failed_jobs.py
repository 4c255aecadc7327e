"""Asks a running notification_service for jobs that failed, and says them in lines of text."""

from collections.abc import Sequence

from chatflow.process.settings import Settings, SettingsError
from chatflow.supervisor.reached_services import open_client
from chatflow.wire.failed_jobs import (
    ChangedAnswer,
    DropRequest,
    FailedJob,
    FailedJobsAnswer,
    FailedJobsRequest,
    ReplayRequest,
)
from chatflow.wire.outbox import Job

ERROR_SHOWN = 60


async def find_failed(settings: Settings, *, limit: int = 1, name: str | None = None) -> FailedJobsAnswer:
    """Return the jobs that failed last, or the one of that name."""
    request = FailedJobsRequest(limit=limit, job=None if name is None else job_of(name))
    async with open_client(settings, service="notification_service") as client:
        return await client.call("/internal/jobs", request, FailedJobsAnswer, idempotent=True)


async def replay(settings: Settings, *, names: Sequence[str] | None) -> int:
    """Let dead letters be tried again: these, or all; return how many it concerned."""
    request = ReplayRequest(jobs=None if names is None else list(map(job_of, names)))
    async with open_client(settings, service="notification_service") as client:
        return (await client.call("/internal/jobs/replay", request, ChangedAnswer)).changed


async def drop(settings: Settings, *, names: Sequence[str] | None) -> int:
    """Forget dead letters: these, or all; return how many it concerned."""
    request = DropRequest(jobs=None if names is None else list(map(job_of, names)))
    async with open_client(settings, service="notification_service") as client:
        return (await client.call("/internal/jobs/drop", request, ChangedAnswer)).changed


def job_of(name: str) -> Job:
    """Return the job of a name as `line_of` writes it; raises SettingsError for anything else."""
    room_id, _, seq = name.rpartition("/")
    if not room_id or not (seq.isascii() and seq.isdigit()):
        raise SettingsError(f"{name!r} is no job: a job is called ROOM/NUMBER, as `chatflow jobs list` says it")
    return Job(room_id, int(seq))


def name_of(one: FailedJob) -> str:
    return f"{one.job.room_id}/{one.job.seq}"


def line_of(one: FailedJob) -> str:
    error = one.error.splitlines()[0] if one.error else ""
    return f"{name_of(one):<44}{one.state:<10}{one.failures:>2} times  {one.last_at:<31}{error[:ERROR_SHOWN]}"


def lines_about(one: FailedJob) -> list[str]:
    again = {"waiting": f"again at {one.again_at}", "replayed": f"again from {one.again_at}", "dead": "dead letter"}
    return [
        f"job       {name_of(one)}, for {one.consumer}",
        f"state     {again[one.state]}",
        f"failed    {one.failures} times, first at {one.first_at}, last at {one.last_at}",
        f"error     {one.error}",
    ]
