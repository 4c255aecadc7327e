"""The promises of every job queue: an owed alert is taken at least once, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatflow.errors import Unavailable
from chatflow.jobs import rabbitmq as jobs_rabbitmq
from chatflow.jobs import rabbitmq_queues
from chatflow.jobs.port import BATCH_LIMIT, PAUSES_SECONDS
from chatflow.jobs.rabbitmq import SUSPECT_AFTER, RabbitQueue
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.contracts.job_queue_profiles import (
    RABBIT_GARBAGE,
    WITHIN_SECONDS,
    LogProfile,
    Profile,
    RabbitProfile,
    dead_letter,
    retried,
    store,
    take,
    take_all,
)
from tests.notification_service.message_service_edge import MessageServiceEdge, open_edge
from tests.servers import Server, open_valkey


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def log() -> AsyncIterator[MessageServiceEdge]:
    async with open_edge() as edge:
        yield edge


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    with open_valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def embedded(log: MessageServiceEdge, valkey: Server, stack: AsyncExitStack) -> LogProfile:
    return LogProfile(log, valkey, stack)


@pytest.fixture
async def rabbitmq(
    log: MessageServiceEdge, rabbitmq_server: Server, stack: AsyncExitStack
) -> AsyncIterator[RabbitProfile]:
    profile = RabbitProfile(log, rabbitmq_server, stack)
    yield profile
    await stack.aclose()
    async with AsyncExitStack() as profile._stack:
        await profile.delete_queues()


@pytest.fixture(params=["embedded", "rabbitmq"])
def profile(request: pytest.FixtureRequest) -> Profile:
    chosen: Profile = request.getfixturevalue(request.param)
    return chosen


async def test_every_offered_job_is_taken_and_no_longer_owed_once_done(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    jobs = store(profile, range(1, 251))

    for job in jobs:
        queue.offer([job])

    assert await take_all(source, jobs) == set(jobs)
    assert not profile.log.owed


async def test_jobs_wait_for_a_taker_that_comes_later(profile: Profile) -> None:
    queue = await profile.queue()
    jobs = store(profile, [1, 2])
    queue.offer(jobs)

    source = await profile.source()

    assert await take_all(source, jobs) == set(jobs)


async def test_what_a_taker_took_and_did_not_finish_comes_again(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    jobs = store(profile, [1, 2, 3])
    queue.offer(jobs)
    await take(source)

    await source.close()
    heir = await profile.source()

    assert await take_all(heir, jobs) == set(jobs)


async def test_what_is_done_does_not_come_again(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    [first] = store(profile, [1])
    queue.offer([first])
    await source.done(await take(source))
    await source.close()

    heir = await profile.source()
    [second] = store(profile, [2])
    queue.offer([second])

    assert (await take(heir)).jobs == (second,)


async def test_a_job_offered_twice_is_taken_at_least_once(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    jobs = store(profile, [1, 2])

    queue.offer(jobs)
    queue.offer(jobs)

    assert await take_all(source, jobs) == set(jobs)


async def test_an_offer_while_the_server_is_down_neither_raises_nor_waits_and_the_jobs_come(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    await profile.kill_server()
    jobs = store(profile, [1, 2])

    queue.offer(jobs)
    profile.server.start()

    assert await take_all(source, jobs) == set(jobs)


async def test_jobs_flow_again_after_the_server_restarted(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    before = store(profile, [1])
    queue.offer(before)
    await take_all(source, before)

    await profile.kill_server()
    profile.server.start()
    after = store(profile, [2, 3])
    queue.offer(after)

    assert await take_all(source, after) == set(after)


async def test_a_batch_held_across_a_restart_is_still_cleared(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    queue.offer(store(profile, [1]))
    batch = await take(source)

    await profile.kill_server()
    profile.server.start()
    await source.done(batch)

    assert not profile.log.owed


async def test_garbage_on_the_queue_is_put_aside_and_the_taker_lives(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()

    await profile.publish_garbage()
    jobs = store(profile, [1])
    queue.offer(jobs)

    assert await take_all(source, jobs) == set(jobs)


async def test_jobs_left_for_later_let_the_others_pass_and_stay_owed(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    poison = store(profile, range(1, BATCH_LIMIT + 1))
    healthy = store(profile, range(1001, 1004))
    queue.offer([*poison, *healthy])

    await source.bring_later(poison, seconds=PAUSES_SECONDS[-1])
    taken: set[Job] = set()
    async with asyncio.timeout(WITHIN_SECONDS):
        while not taken.issuperset(healthy):
            batch = await source.take()
            await source.done(batch.without(poison))
            taken.update(batch.jobs)

    assert list(profile.log.owed) == poison


async def test_a_job_that_could_not_be_cleared_is_still_owed_and_can_be_done_later(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    jobs = store(profile, [1])
    queue.offer(jobs)
    batch = await take(source)

    await profile.log.stop()
    with pytest.raises(Unavailable):
        await source.done(batch)
    assert list(profile.log.owed) == jobs
    await profile.log.start()
    await retried(lambda: source.done(batch))

    assert not profile.log.owed


async def test_a_cancelled_take_loses_nothing(profile: Profile) -> None:
    queue, source = await profile.queue(), await profile.source()
    waiting = asyncio.create_task(source.take())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])

    jobs = store(profile, [1])
    queue.offer(jobs)

    assert await take_all(source, jobs) == set(jobs)


# What only a broker can do to us.


async def test_a_message_of_which_takers_die_is_suspect_and_comes_by_itself(rabbitmq: RabbitProfile) -> None:
    queue = await rabbitmq.queue()
    [deadly] = store(rabbitmq, [1])
    queue.offer([deadly])
    for _ in range(SUSPECT_AFTER):
        source = await rabbitmq.source()
        batch = await take(source)
        assert (batch.jobs, batch.is_suspect) == ((deadly,), False)
        await source.close()
    others = store(rabbitmq, [2, 3])
    for job in others:
        queue.offer([job])

    source = await rabbitmq.source()
    taken = [await take(source), await take(source)]

    assert {batch.jobs: batch.is_suspect for batch in taken if deadly in batch.jobs} == {(deadly,): True}


async def test_what_comes_back_for_ever_ends_among_the_dead_letters(
    rabbitmq: RabbitProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbitmq_queues, "DELIVERY_LIMIT", 1)
    queue = await rabbitmq.queue()
    jobs = store(rabbitmq, [1])
    queue.offer(jobs)

    for _ in range(rabbitmq_queues.DELIVERY_LIMIT + 1):
        source = await rabbitmq.source()
        await take(source)
        await source.close()

    assert jobs_rabbitmq.decode_jobs(await dead_letter(rabbitmq)) == jobs
    assert list(rabbitmq.log.owed) == jobs


async def test_garbage_can_be_looked_at(rabbitmq: RabbitProfile) -> None:
    _source = await rabbitmq.source()
    await rabbitmq.publish_garbage()

    assert sorted([await dead_letter(rabbitmq) for _ in RABBIT_GARBAGE]) == sorted(RABBIT_GARBAGE)


async def test_queues_that_were_deleted_are_declared_again_by_both_sides(
    rabbitmq: RabbitProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_rabbitmq, "WATCH_SECONDS", 0.2)
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    before = store(rabbitmq, [1])
    queue.offer(before)
    await take_all(source, before)

    await rabbitmq.delete_queues()
    after = store(rabbitmq, [2])
    queue.offer(after)

    assert await take_all(source, after) == set(after)


async def test_a_full_queue_refuses_without_losing_and_flows_again(
    rabbitmq: RabbitProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbitmq_queues, "QUEUE_LIMIT", 2)
    monkeypatch.setattr(jobs_rabbitmq, "BATCH_LIMIT", 1)
    monkeypatch.setattr(jobs_rabbitmq, "REFUSED_PAUSE_SECONDS", 0.05)
    refused = jobs_rabbitmq.REFUSED._value
    before = refused.get()
    queue = await rabbitmq.queue()
    jobs = store(rabbitmq, range(1, 50))
    queue.offer(jobs)
    await until(lambda: refused.get() > before)

    source = await rabbitmq.source()

    assert await take_all(source, jobs) == set(jobs)


async def test_offers_past_the_buffer_are_dropped(rabbitmq: RabbitProfile) -> None:
    queue = RabbitQueue(rabbitmq.server.url)
    dropped = jobs_rabbitmq.DROPPED._value.get()

    queue.offer([Job("room", seq) for seq in range(jobs_rabbitmq.BUFFER_LIMIT + 5)])
    queue.offer([Job("room", 1)])

    assert jobs_rabbitmq.DROPPED._value.get() - dropped == 6
