"""What the command line asks the taker of jobs about those that failed."""

from typing import Literal

import msgspec

from chatflow.wire.outbox import Job

# Waiting to be tried again; not tried again by itself; to be tried again because somebody said so.
State = Literal["waiting", "dead", "replayed"]
PAGE_AT_MOST = 500


class FailedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that failed, how often, and why; times are texts as in events."""

    consumer: str
    job: Job
    state: State
    failures: int
    error: str
    first_at: str
    last_at: str
    again_at: str


class FailedJobsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for a page of them: those that failed last come first."""

    limit: int = PAGE_AT_MOST
    # Only this one.
    job: Job | None = None


class FailedJobsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    jobs: list[FailedJob]
    # How many there are of all that were asked for.
    total: int


class ReplayRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Lets dead letters be tried again: these, or all."""

    jobs: list[Job] | None = None


class DropRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Forgets dead letters for good: these, or all. What they owed is never done."""

    jobs: list[Job] | None = None


class ChangedAnswer(msgspec.Struct, frozen=True):
    """How many dead letters it concerned."""

    changed: int
