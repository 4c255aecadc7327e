"""A database that is slow or hangs is an outage and tells nothing twice; a job that hangs by itself is at fault."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from chatflow.jobs.port import BATCHES_AT_ONCE, Batch
from chatflow.presence.focus_redis import Focused
from chatflow.wire.outbox import Job
from notification_service.deciding.notices import Notice
from notification_service.deciding.preferences import Preferences
from notification_service.jobs import batch_attempts
from notification_service.jobs.job_runner import JobRunner
from notification_service.jobs.notifier import STEP_SECONDS
from notification_service.jobs.portions import Portions
from notification_service.stores import database as stored
from notification_service.stores.database import Database
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import Taker, inbox_of
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient


class Hanging:
    """Lets the database hang: who asks meanwhile waits in vain, and not for long."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._database = database
        self._monkeypatch = monkeypatch
        self._goes_on = threading.Event()

    def begin(self) -> None:
        self._goes_on.clear()
        self._database._thread.submit(self._goes_on.wait)
        self._monkeypatch.setattr(stored, "WAIT_SECONDS", 0.05)

    def end(self) -> None:
        self._monkeypatch.setattr(stored, "WAIT_SECONDS", 60.0)
        self._goes_on.set()


@pytest.fixture
def hanging(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    hanging = Hanging(database, monkeypatch)
    hanging.end()
    yield hanging
    hanging.end()


async def leap(seconds: float, *, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every deadline pass that ends so soon."""
    loop = asyncio.get_running_loop()
    before = loop.time
    monkeypatch.setattr(loop, "time", lambda: before() + seconds)
    # What is due is ended in the first turn, and hears of it in the second.
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_database_that_hangs_while_it_is_decided_counts_against_no_job(
    taker: Taker, edge: MessageServiceEdge, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.0)
    jobs = edge.store(*(details_about(Job("room", seq), recipient()) for seq in (1, 2)))
    read = taker.preferences.of

    async def hang(user_ids: Sequence[str]) -> dict[str, Preferences]:
        hanging.begin()
        try:
            return await read(user_ids)
        finally:
            hanging.end()

    with monkeypatch.context() as slow:
        slow.setattr(taker.preferences, "of", hang)
        await taker.take_one()

    assert await taker.failures.page(limit=10) == ([], 0)
    assert list(edge.owed) == jobs
    taker = await taker.restarted()
    await taker.take_one()
    assert sorted(await inbox_of(taker)) == [1, 2]
    await taker.client.close()


async def test_a_database_that_hangs_after_people_were_told_lets_nobody_be_told_twice(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge.store(details_about(Job("room", 1), recipient()))
    mark_told = taker.store.mark_told

    async def hang(notices: Sequence[Notice]) -> None:
        monkeypatch.undo()
        hanging.begin()
        try:
            await mark_told(notices)
        finally:
            hanging.end()

    monkeypatch.setattr(taker.store, "mark_told", hang)
    await taker.take_one()
    edge.store(details_about(Job("room", 2), recipient()))
    await taker.take_one()

    await until(lambda: len(sockets.told) >= 2)
    assert [signal.payload["seq"] for signal in sockets.told] == [1, 2]


async def test_no_deadline_ends_a_job_between_telling_it_and_recording_that(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    edge.store(details_about(Job("room", 1), recipient()))
    mark_told = taker.store.mark_told

    async def take_long(notices: Sequence[Notice]) -> None:
        await leap(10 * STEP_SECONDS, monkeypatch=monkeypatch)
        await mark_told(notices)

    monkeypatch.setattr(taker.store, "mark_told", take_long)
    await taker.do(await taker.source.take())
    edge.store(details_about(Job("room", 2), recipient()))
    await taker.do(await taker.source.take())

    await until(lambda: len(sockets.told) >= 2)
    assert [signal.payload["seq"] for signal in sockets.told] == [1, 2]


async def test_a_job_that_hangs_by_itself_is_at_fault_and_the_others_of_its_batch_are_told(
    taker: Taker, edge: MessageServiceEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Job("room that hangs", 1)
    edge.store(*(details_about(job, recipient()) for job in (poison, Job("room", 2), Job("room", 3))))

    async def hang(places: Sequence[Focused]) -> set[Focused]:
        if any(room_id == poison.room_id for room_id, _ in places):
            await leap(STEP_SECONDS, monkeypatch=monkeypatch)
            await asyncio.Event().wait()
        return set()

    monkeypatch.setattr(taker.notifier._decider, "_in_focus", hang)
    # One after the other, because the clock leaps for all.
    monkeypatch.setattr(taker.runner, "_alone", asyncio.Semaphore(1))
    await taker.do(await taker.source.take())

    assert sorted(await inbox_of(taker)) == [2, 3]
    assert list(edge.owed) == [poison]
    assert "TimeoutError" in (await taker.failures.among([poison]))[poison].error


async def test_however_many_batches_fail_only_so_many_jobs_are_tried_by_themselves_at_once(
    taker: Taker, edge: MessageServiceEdge
) -> None:
    jobs = edge.store(*(details_about(Job(f"room {seq}", seq), recipient()) for seq in range(30)))
    alone, most = 0, 0

    async def do(portions: Portions) -> None:
        nonlocal alone, most
        if len(portions.left) > 1:
            raise TimeoutError
        alone += 1
        most = max(most, alone)
        # All who may be here get here: whoever is let in comes within some turns of the loop.
        for _ in range(20):
            await asyncio.sleep(0)
        alone -= 1
        portions.drop(portions.left)

    runner = JobRunner(sources=[], do=do, failures=taker.failures)
    batches = [Batch(jobs=tuple(some), receipt=tuple(some)) for some in (jobs[:10], jobs[10:20], jobs[20:])]
    await asyncio.gather(*(runner.do(batch, source=taker.source) for batch in batches))

    assert most == BATCHES_AT_ONCE
    assert not edge.owed
