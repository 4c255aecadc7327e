"""The promises of every job queue: an owed alert is taken at least once, whatever dies in between."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatflow.errors import Unavailable
from chatflow.jobs import rabbitmq_queues
from chatflow.jobs.port import BATCH_LIMIT, PAUSES_SECONDS
from chatflow.wire.outbox import Job
from tests.contracts.job_queue_profiles import (
    WITHIN_SECONDS,
    LogProfile,
    Profile,
    retried,
    store,
    take,
    take_all,
)
from tests.notification_service.message_service_edge import MessageServiceEdge
from tests.servers import Server, open_valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    with open_valkey(tmp_path) as server:
        yield server


@pytest.fixture
async def embedded(log: MessageServiceEdge, valkey: Server, stack: AsyncExitStack) -> LogProfile:
    return LogProfile(log, valkey, stack)


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


async def test_what_is_left_for_later_comes_when_its_pause_is_over_the_shorter_one_first(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbitmq_queues, "PAUSES_SECONDS", (1, 8))
    queue, source = await profile.queue(), await profile.source()
    late, soon = store(profile, [1, 2])
    queue.offer([late, soon])
    batch = await take(source)
    assert batch.jobs == (late, soon)
    loop = asyncio.get_running_loop()
    left_at = loop.time()
    await source.bring_later([late], seconds=8)
    await source.bring_later([soon], seconds=1)
    await source.done(batch.without([soon, late]))
    [now] = store(profile, [3])
    queue.offer([now])

    came_at: dict[Job, float] = {}
    while profile.log.owed:
        batch = await take(source)
        came_at |= dict.fromkeys(batch.jobs, loop.time() - left_at)
        await source.done(batch)

    assert list(came_at) == [now, soon, late]
    assert came_at[soon] > 0.9
    assert came_at[late] > 7.9
