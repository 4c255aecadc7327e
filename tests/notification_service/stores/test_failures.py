"""The record of failed jobs: it counts, waits longer each time, ends in dead letters, and is bounded."""

from datetime import UTC, datetime, timedelta

import pytest

from chatflow.jobs.port import PAUSES_SECONDS
from chatflow.wire.outbox import Job
from notification_service.stores import failures as stored_failures
from notification_service.stores.database import Database
from notification_service.stores.failures import FAILURES_AT_MOST, Failures, seconds_to_wait

JOB, OTHER = Job("room", 1), Job("room", 2)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 28, 12, tzinfo=UTC)

    def read(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def failures(database: Database, clock: Clock) -> Failures:
    return Failures(database, clock=clock.read)


async def fail(failures: Failures, job: Job = JOB) -> None:
    await failures.record({job: "KeyError: 'at'"}, known=await failures.among([job]))


async def test_the_pauses_grow_until_the_job_is_a_dead_letter(failures: Failures, clock: Clock) -> None:
    waits = []
    for _ in range(FAILURES_AT_MOST):
        await fail(failures)
        waits.append(seconds_to_wait((await failures.among([JOB]))[JOB], now=clock.now))

    assert waits == [*PAUSES_SECONDS, PAUSES_SECONDS[-1], 0]
    assert (await failures.among([JOB, OTHER]))[JOB].state == "dead"
    assert (await failures.dead_since()) == (1, clock.now)


async def test_recording_the_same_failure_twice_counts_it_once(failures: Failures) -> None:
    known = await failures.among([JOB])
    for _ in range(2):
        await failures.record({JOB: "KeyError: 'at'"}, known=known)

    assert (await failures.among([JOB]))[JOB].failures == 1


async def test_a_clock_that_was_set_back_keeps_no_job_waiting(failures: Failures, clock: Clock) -> None:
    await fail(failures)
    one = (await failures.among([JOB]))[JOB]

    assert seconds_to_wait(one, now=clock.now) > 0
    assert seconds_to_wait(one, now=clock.now - timedelta(days=1)) == 0


async def test_a_failure_that_was_none_is_taken_back(failures: Failures) -> None:
    await fail(failures)
    before = await failures.among([JOB])
    await failures.record({JOB: "?", OTHER: "?"}, known=before)

    await failures.put_back(before[JOB], job=JOB)
    await failures.put_back(None, job=OTHER)

    assert await failures.among([JOB, OTHER]) == before


async def test_a_replayed_job_is_due_and_after_a_failure_due_again_later(failures: Failures, clock: Clock) -> None:
    for _ in range(FAILURES_AT_MOST):
        await fail(failures)
    assert await failures.due(limit=10) == []

    assert await failures.replay([JOB, OTHER]) == 1
    assert await failures.due(limit=10) == [JOB]
    await fail(failures)
    assert await failures.due(limit=10) == []
    clock.now += timedelta(seconds=PAUSES_SECONDS[0])
    assert await failures.due(limit=10) == [JOB]


async def test_a_clock_that_was_set_back_keeps_no_replayed_job_waiting(failures: Failures, clock: Clock) -> None:
    for _ in range(FAILURES_AT_MOST):
        await fail(failures)
    await failures.replay([JOB])

    clock.now -= timedelta(days=1)
    assert await failures.due(limit=10) == [JOB]
    await fail(failures)
    assert await failures.due(limit=10) == []


async def test_beyond_the_bound_no_further_job_is_recorded(failures: Failures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_failures, "KEPT_AT_MOST", 1)
    await fail(failures)

    recorded = await failures.record({JOB: "again", OTHER: "too many"}, known=await failures.among([JOB]))

    assert {job: one.failures for job, one in recorded.items()} == {JOB: 2}
    assert await failures.among([OTHER]) == {}


async def test_counts_of_jobs_that_were_lost_sight_of_are_forgotten(failures: Failures, clock: Clock) -> None:
    await fail(failures)
    for _ in range(FAILURES_AT_MOST):
        await fail(failures, OTHER)

    clock.now += timedelta(days=1)
    await failures.forget_lost()
    assert set(await failures.among([JOB, OTHER])) == {JOB, OTHER}
    clock.now += timedelta(minutes=1)
    await failures.forget_lost()

    assert set(await failures.among([JOB, OTHER])) == {OTHER}


async def test_consumers_have_records_of_their_own(failures: Failures, database: Database) -> None:
    await fail(failures)

    assert await Failures(database, consumer="others").among([JOB]) == {}


async def test_an_error_of_any_length_and_with_any_character_is_kept(failures: Failures) -> None:
    await failures.record({JOB: "a\0b" + "c" * 10_000}, known={})

    assert (await failures.among([JOB]))[JOB].error.startswith("abccc")
