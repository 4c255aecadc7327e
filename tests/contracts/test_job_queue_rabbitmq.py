"""What only a broker can do to the job queue: die, forget, refuse, lose, lag behind in version, or be sent garbage."""

import asyncio
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from aio_pika.abc import AbstractChannel

from chat_service.ownership.outbox_relay import offer_owed
from chat_service.room_log import RoomLog
from chatflow.ids import PARTITIONS
from chatflow.jobs import rabbitmq as jobs_rabbitmq
from chatflow.jobs import rabbitmq_queues
from chatflow.jobs.port import PAUSES_SECONDS
from chatflow.jobs.rabbitmq import SUSPECT_AFTER, RabbitQueue
from chatflow.jobs.rabbitmq_queues import Queues
from chatflow.jobs.rabbitmq_session import publish
from chatflow.wire.outbox import ALERTS, Job
from tests.chatflow.conditions import until
from tests.contracts.job_queue_profiles import (
    RABBIT_GARBAGE,
    RabbitProfile,
    client_of,
    dead_letter,
    store,
    take,
    take_all,
)
from tests.servers.rabbitmq import ask_rabbitmqctl

# What a worker of the version before does when it has stored events.
OFFER_AS_BEFORE = """
import asyncio, sys
from chatflow.jobs_rabbitmq import RabbitQueue
from chatflow.wire.outbox import Job

async def offer(url, name, *seqs):
    queue = RabbitQueue(url, queue=name)
    await queue.start()
    queue.offer([Job("room", int(seq)) for seq in seqs])
    await queue._empty.wait()
    await queue.close()

asyncio.run(offer(*sys.argv[1:]))
"""
DEAD = {"x-queue-type": "quorum", "x-max-length": 10_000, "x-overflow": "drop-head"}
BOUND = {"x-queue-type": "quorum", "x-max-length": 100_000, "x-overflow": "reject-publish"}


def moved(queue: str) -> dict[str, str]:
    return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-most-once",
    }


def test_queues_of_one_version_are_always_declared_alike() -> None:
    """A queue with other arguments refuses every declaration, so whoever changes one raises `VERSION`."""
    back = moved("q.v2")
    assert Queues("q").declarations() == {
        "q.v2": {**BOUND, "x-delivery-limit": 20, **moved("q.v2.dead")},
        "q.v2.dead": DEAD,
        "q.v2.later.5s": {**BOUND, "x-message-ttl": 5_000, **back},
        "q.v2.later.60s": {**BOUND, "x-message-ttl": 60_000, **back},
        "q.v2.later.300s": {**BOUND, "x-message-ttl": 300_000, **back},
    }


async def test_nothing_is_used_that_later_brokers_removed(rabbitmq: RabbitProfile) -> None:
    """Classic mirroring, queues that are not durable, and a prefetch for a whole channel."""
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    jobs = store(rabbitmq, [1])
    queue.offer(jobs)
    await take_all(source, jobs)

    asked = ["name", "type", "durable", "auto_delete", "policy"]
    queues = ask_rabbitmqctl(rabbitmq.server, "list_queues", *asked)
    own = sorted(row for row in queues if row[0].startswith(rabbitmq.name))
    channels = ask_rabbitmqctl(rabbitmq.server, "list_channels", "prefetch_count", "global_prefetch_count")
    consumers = ask_rabbitmqctl(rabbitmq.server, "list_consumers", "queue_name", "prefetch_count")

    assert own == [[name, "quorum", "true", "false", ""] for name in sorted(rabbitmq.made)]
    assert {shared for _, shared in channels} == {"0"}
    assert [rabbitmq.queues.main, str(jobs_rabbitmq.PREFETCH)] in consumers


async def test_jobs_of_workers_of_the_version_before_are_taken_before_and_after_the_upgrade(
    rabbitmq: RabbitProfile, before: Path
) -> None:
    waiting = store(rabbitmq, [1, 2])
    offer_as_before(rabbitmq, waiting, before=before)
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    assert await take_all(source, waiting) == set(waiting)

    old, new = store(rabbitmq, [3, 4])
    await asyncio.to_thread(offer_as_before, rabbitmq, [old], before=before)
    queue.offer([new])
    assert await take_all(source, [old, new]) == {old, new}

    await source.close()
    [old_queue] = rabbitmq.queues.before
    assert (await (await rabbitmq.channel()).get_queue(old_queue)).declaration_result.message_count == 0


async def test_a_worker_of_the_version_before_that_comes_later_is_noticed(
    rabbitmq: RabbitProfile, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_rabbitmq, "WATCH_SECONDS", 0.2)
    monkeypatch.setattr(jobs_rabbitmq, "LOOK_BACK_SECONDS", 0.2)
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    first, second = store(rabbitmq, [1, 2])
    queue.offer([first])
    await take_all(source, [first])

    await asyncio.to_thread(offer_as_before, rabbitmq, [second], before=before)

    assert await take_all(source, [second]) == {second}


def offer_as_before(rabbitmq: RabbitProfile, jobs: list[Job], *, before: Path) -> None:
    seqs = [str(job.seq) for job in jobs]
    command = [sys.executable, "-c", OFFER_AS_BEFORE, rabbitmq.server.url, rabbitmq.name, *seqs]
    subprocess.run(command, check=True, cwd=before, env={"PYTHONPATH": str(before)})


async def test_a_consumer_that_the_broker_forgot_consumes_again(
    rabbitmq: RabbitProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_rabbitmq, "WATCH_SECONDS", 0.2)
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    before, after = store(rabbitmq, [1, 2])
    queue.offer([before])
    await take_all(source, [before])
    channel = source._channel  # type: ignore[attr-defined]
    underlay = await channel.get_underlay_channel()
    for tag in list(underlay.consumers):
        await underlay.basic_cancel(tag)

    queue.offer([after])

    assert await take_all(source, [after]) == {after}


async def test_a_job_whose_pause_the_broker_lost_is_offered_again_by_its_owner(rabbitmq: RabbitProfile) -> None:
    queue, source = await rabbitmq.queue(), await rabbitmq.source()
    jobs = store(rabbitmq, [1])
    queue.offer(jobs)
    batch = await take(source)
    await source.bring_later(jobs, seconds=PAUSES_SECONDS[-1])
    await source.done(batch.without(jobs))
    lost = await (await rabbitmq.channel()).get_queue(rabbitmq.queues.later(PAUSES_SECONDS[-1]))
    assert (await lost.purge()).message_count == 1

    rabbitmq.log.is_owed_for_long = True
    log = RoomLog(client_of(rabbitmq.log, rabbitmq.stack))
    await offer_owed(log, queue, partitions=list(range(PARTITIONS)), consumer=ALERTS)

    assert await take_all(source, jobs) == set(jobs)
    assert not rabbitmq.log.owed


async def test_what_a_broker_does_while_it_is_away_ends_no_task_of_ours() -> None:
    """When a channel dies, the library cancels whoever waits for a confirm."""
    with pytest.raises(ConnectionError):
        await publish(channel_of(Dying()), [Job("room", 1)], queue="q")
    with pytest.raises(ConnectionError):
        await publish(None, [Job("room", 1)], queue="q")

    hanging = Hanging()
    publishing = asyncio.create_task(publish(channel_of(hanging), [Job("room", 1)], queue="q"))
    await hanging.is_asked.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing


class Dying:
    async def publish(self, *_: object, **__: object) -> None:
        raise asyncio.CancelledError


class Hanging:
    def __init__(self) -> None:
        self.is_asked = asyncio.Event()

    async def publish(self, *_: object, **__: object) -> None:
        self.is_asked.set()
        await asyncio.Event().wait()


def channel_of(exchange: Dying | Hanging) -> AbstractChannel:
    return cast(AbstractChannel, SimpleNamespace(default_exchange=exchange))


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
