"""A job's own fault ends it among the dead letters, an outage never does, and neither holds up anybody else."""

import asyncio
from collections.abc import Sequence

import pytest

from chatflow.errors import Unavailable
from chatflow.jobs.log_queue import LogQueue
from chatflow.jobs.port import BATCHES_AT_ONCE, PAUSES_SECONDS, Batch
from chatflow.wire.outbox import Job
from notification_service.jobs import batch_attempts
from notification_service.jobs.portions import Portions
from notification_service.stores.failures import FAILURES_AT_MOST
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import WITHIN_SECONDS, Killed, Taker, inbox_of
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient

POISON = Job("poisoned room", 1)


@pytest.fixture
def poison(edge: MessageServiceEdge) -> Job:
    edge.store(details_about(POISON, recipient()))
    edge.poison[POISON] = "internal"
    return POISON


async def test_a_poison_job_is_a_dead_letter_in_the_end_and_everything_else_flows(
    taker: Taker, edge: MessageServiceEdge, poison: Job
) -> None:
    for life in range(1, FAILURES_AT_MOST + 1):
        edge.store(details_about(Job("room", life), recipient()))
        await taker.take_one()
        assert len(await inbox_of(taker)) == life
        assert [poison][: FAILURES_AT_MOST - life] == list(edge.owed)[:1]
        taker = await taker.after(PAUSES_SECONDS[-1])

    [letter], total = await taker.failures.page(limit=10)
    assert (letter.job, letter.state, letter.failures, total) == (poison, "dead", FAILURES_AT_MOST, 1)
    assert "Internal" in letter.error
    assert not edge.owed
    await taker.client.close()


async def test_a_job_waits_for_its_time_whoever_offers_it_before(
    taker: Taker, edge: MessageServiceEdge, poison: Job
) -> None:
    await taker.take_one()
    del edge.poison[poison]

    # The next life has nothing but the record.
    early = await taker.restarted()
    await early.take_one()
    assert list(edge.owed) == [poison]
    late = await early.after(PAUSES_SECONDS[0])
    await late.take_one()

    assert not edge.owed
    assert await late.failures.among([poison]) == {}
    assert await inbox_of(late) == [1]
    await late.client.close()


async def test_a_dead_letter_that_is_still_owed_is_only_cleared(
    taker: Taker, edge: MessageServiceEdge, poison: Job
) -> None:
    for _ in range(FAILURES_AT_MOST):
        await taker.failures.record({poison: "?"}, known=await taker.failures.among([poison]))
    asked_before = len(edge.asked_for)

    await taker.take_one()

    assert not edge.owed
    assert len(edge.asked_for) == asked_before
    assert (await taker.failures.among([poison]))[poison].state == "dead"


async def test_a_replayed_job_is_done_and_one_that_fails_again_dies_again(
    taker: Taker, edge: MessageServiceEdge, poison: Job
) -> None:
    for _ in range(FAILURES_AT_MOST):
        await taker.failures.record({poison: "?"}, known=await taker.failures.among([poison]))
    await taker.take_one()
    await taker.failures.replay(None)
    for _ in range(FAILURES_AT_MOST):
        await taker.replay_one()
        taker = await taker.after(PAUSES_SECONDS[-1])
    assert (await taker.failures.among([poison]))[poison].state == "dead"

    del edge.poison[poison]
    await taker.failures.replay([poison])
    await taker.replay_one()

    assert await taker.failures.among([poison]) == {}
    assert await inbox_of(taker) == [1]
    await taker.client.close()


@pytest.mark.parametrize("code", ["unavailable", "timeout", "forbidden", "unauthenticated"])
async def test_an_outage_that_outlasts_the_tries_counts_against_no_job(
    taker: Taker, edge: MessageServiceEdge, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.0)
    jobs = edge.store(*(details_about(Job("room", seq), recipient()) for seq in (1, 2)))
    edge.poison = dict.fromkeys(jobs, code)
    for _ in range(FAILURES_AT_MOST + 1):
        await taker.take_one()
        taker = await taker.restarted()
    assert await taker.failures.page(limit=10) == ([], 0)
    assert list(edge.owed) == jobs

    edge.poison.clear()
    await taker.take_one()

    assert sorted(await inbox_of(taker)) == [1, 2]
    assert not edge.owed
    await taker.client.close()


async def test_of_a_batch_that_is_done_but_cannot_be_cleared_only_jobs_are_brought_again(
    taker: Taker, edge: MessageServiceEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.0)
    [job] = edge.store(details_about(Job("room", 1), recipient()))
    brought: list[list[Job]] = []

    async def note(jobs: Sequence[Job], *, seconds: float) -> None:
        brought.append(list(jobs))

    async def fail(batch: Batch) -> None:
        if batch.jobs:
            raise Unavailable

    batch = await taker.source.take()
    monkeypatch.setattr(taker.source, "bring_later", note)
    monkeypatch.setattr(taker.source, "done", fail)
    await taker.do(batch)

    assert brought == [[job]]


async def test_what_was_done_is_cleared_while_the_rest_meets_an_outage(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Job("room of a server that is away", 1)
    others = [Job(f"room {number}", number) for number in range(2, 12)]
    edge.store(*(details_about(job, recipient()) for job in [away, *others]))
    edge.poison[away] = "unavailable"
    taking = asyncio.create_task(taker.take_one())
    await until(lambda: len(sockets.told) == len(others), within_seconds=WITHIN_SECONDS)

    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.0)
    await taking

    assert sorted(await inbox_of(taker)) == list(range(2, 12))
    assert list(edge.owed) == [away]
    assert await taker.failures.among([away]) == {}


async def test_a_slow_job_of_one_room_holds_up_no_other(taker: Taker, edge: MessageServiceEdge) -> None:
    slow = Job("slow room", 1)
    edge.store(details_about(slow, recipient()))
    edge.slow[slow] = asyncio.Event()
    queue = LogQueue(taker.bus)
    await taker.source.start()
    running = asyncio.create_task(taker.runner.run())
    await edge.is_asked_for_details.wait()

    for seq in range(2, 2 + 2 * BATCHES_AT_ONCE):
        queue.offer(edge.store(details_about(Job("room", seq), recipient())))
        await until(lambda: list(edge.owed) == [slow])

    edge.slow.pop(slow).set()
    await until(lambda: not edge.owed)
    await taker.runner.finish()
    await running
    await taker.source.close()
    assert len(await inbox_of(taker)) == 1 + 2 * BATCHES_AT_ONCE


async def test_of_a_large_room_and_small_ones_the_small_ones_are_told_first(edge: MessageServiceEdge) -> None:
    large, small = Job("large", 1), Job("small", 2)
    edge.store(
        details_about(large, *(recipient(f"person-{number:05}") for number in range(3000))),
        details_about(small, recipient()),
    )
    portions, done = Portions([large, small]), []

    while portions.left:
        details = [*edge.page(portions.request())]
        portions.advance(details)
        done += [detail.job for detail in details if detail.next is None]

    assert done == [small, large]


async def test_a_copy_of_a_job_that_is_under_way_is_not_done_beside_it(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    [job] = edge.store(details_about(Job("room", 1), recipient()))
    edge.slow[job] = asyncio.Event()
    batch = await taker.source.take()
    doing_it = asyncio.create_task(taker.do(batch))
    await edge.is_asked_for_details.wait()

    await taker.do(batch)
    assert not doing_it.done()
    assert list(edge.owed) == [job]
    edge.slow[job].set()
    async with asyncio.timeout(WITHIN_SECONDS):
        await doing_it

    assert not edge.owed
    assert len(edge.requests) == 1


async def test_a_job_of_which_takers_die_is_counted_before_it_is_tried(
    taker: Taker, edge: MessageServiceEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly, innocent = edge.store(
        details_about(Job("room", 2), recipient()), details_about(Job("room", 1), recipient())
    )

    async def die(portions: Portions) -> None:
        if deadly in portions.left:
            raise Killed
        await taker.notifier.do(portions)

    suspect = Batch(jobs=(innocent, deadly), receipt=(innocent, deadly), is_suspect=True)
    for _ in range(FAILURES_AT_MOST - 1):
        monkeypatch.setattr(taker.runner, "_do", die)
        with pytest.raises(Killed):
            await taker.do(suspect)
        taker = await taker.after(PAUSES_SECONDS[-1])
    assert (await taker.failures.among([innocent, deadly])).keys() == {deadly}
    monkeypatch.setattr(taker.runner, "_do", die)
    await taker.do(suspect)

    assert (await taker.failures.among([innocent, deadly]))[deadly].state == "dead"
    assert not edge.owed
    await taker.client.close()


async def test_an_outage_takes_back_what_was_counted_before_a_try(
    taker: Taker, edge: MessageServiceEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.0)
    [job] = edge.store(details_about(Job("room", 1), recipient()))
    edge.poison[job] = "unavailable"

    await taker.do(Batch(jobs=(job,), receipt=(job,), is_suspect=True))

    assert await taker.failures.among([job]) == {}
    assert list(edge.owed) == [job]


async def test_where_nothing_can_be_recorded_any_more_a_poison_job_waits_for_the_longest_pause(
    taker: Taker, edge: MessageServiceEdge, poison: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notification_service.stores.failures.KEPT_AT_MOST", 0)
    left: dict[Job, float] = {}

    async def note(jobs: list[Job], *, seconds: float) -> None:
        left.update(dict.fromkeys(jobs, seconds))

    monkeypatch.setattr(taker.source, "bring_later", note)
    await taker.take_one()

    assert left == {poison: PAUSES_SECONDS[-1]}
    assert list(edge.owed) == [poison]
