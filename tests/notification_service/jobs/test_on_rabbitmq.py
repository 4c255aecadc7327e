"""Jobs on RabbitMQ to the end: an outage longer than its consumer timeout ends no alert, and poison stops nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aio_pika
import pytest

from chatflow.jobs import rabbitmq_queues
from chatflow.jobs.rabbitmq import RabbitQueue, RabbitSource
from chatflow.jobs.rabbitmq_queues import QUEUE, Queues
from chatflow.wire.outbox import Job
from notification_service.jobs import batch_attempts
from notification_service.jobs.job_runner import JobRunner
from notification_service.stores import failures as stored_failures
from notification_service.stores.failures import FAILURES_AT_MOST
from tests.chatflow.conditions import until
from tests.notification_service.jobs.taker import Taker, inbox_of
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.servers import Server
from tests.servers.rabbitmq import run_rabbitmqctl

Letters = Callable[[], Awaitable[int]]

CONSUMER_TIMEOUT_SECONDS = 2
OUTAGE_SECONDS = 5 * CONSUMER_TIMEOUT_SECONDS
WITHIN_SECONDS = 60.0


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What depends on the kind of database is tried elsewhere."""
    return sqlite_url


@pytest.fixture
def impatient_broker(rabbitmq_server: Server) -> Iterator[None]:
    """Let the broker take back after two seconds what nobody has acked, and not after half an hour."""
    set_consumer_timeout(rabbitmq_server, milliseconds=CONSUMER_TIMEOUT_SECONDS * 1000, look_each=200)
    yield
    set_consumer_timeout(rabbitmq_server, milliseconds=1_800_000, look_each=60_000)


def set_consumer_timeout(server: Server, *, milliseconds: int, look_each: int) -> None:
    run_rabbitmqctl(
        server,
        "eval",
        f"application:set_env(rabbit, consumer_timeout, {milliseconds}),"
        f"application:set_env(rabbit, channel_tick_interval, {look_each}).",
    )


@pytest.fixture
async def queue(rabbitmq_url: str) -> AsyncIterator[RabbitQueue]:
    queue = RabbitQueue(rabbitmq_url)
    await queue.start()
    yield queue
    await queue.close()


@pytest.fixture
async def source(taker: Taker, rabbitmq_url: str) -> AsyncIterator[RabbitSource]:
    source = RabbitSource(rabbitmq_url, message_service=taker.client)
    await source.start()
    yield source
    await source.close()


@pytest.fixture
async def runner(taker: Taker, source: RabbitSource) -> AsyncIterator[JobRunner]:
    """A runner that runs."""
    runner = JobRunner(sources=[source], do=taker.notifier.do, failures=taker.failures)
    running = asyncio.create_task(runner.run())
    yield runner
    running.cancel()
    await asyncio.wait([running])


@pytest.fixture
async def letters(rabbitmq_url: str, source: RabbitSource) -> AsyncIterator[Letters]:
    """Ask it how many messages the broker has given up."""
    connection = await aio_pika.connect(rabbitmq_url)

    async def count() -> int:
        channel = await connection.channel()
        return (await channel.get_queue(Queues(QUEUE).dead)).declaration_result.message_count or 0

    yield count
    await connection.close()


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (rabbitmq_queues, batch_attempts, stored_failures):
        monkeypatch.setattr(module, "PAUSES_SECONDS", (1, 2))
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 0.2)
    # Three times back without an ack, and the broker gives a message up; a machine that stands still may cost one.
    monkeypatch.setattr(rabbitmq_queues, "DELIVERY_LIMIT", 2)


@pytest.mark.usefixtures("short_waits", "impatient_broker", "runner")
async def test_an_outage_longer_than_the_brokers_consumer_timeout_ends_no_job_among_the_dead_letters(
    taker: Taker, letters: Letters, queue: RabbitQueue, edge: MessageServiceEdge
) -> None:
    jobs = edge.store(*(details_about(Job(f"room {seq}", seq), recipient()) for seq in range(1, 6)))
    edge.poison = dict.fromkeys(jobs, "unavailable")
    queue.offer(jobs)
    await until(lambda: bool(edge.asked_for), within_seconds=WITHIN_SECONDS)
    away_since = asyncio.get_running_loop().time()
    await until(lambda: asyncio.get_running_loop().time() - away_since > OUTAGE_SECONDS, within_seconds=WITHIN_SECONDS)
    assert list(edge.owed) == jobs
    assert await letters() == 0

    edge.poison.clear()
    await until(lambda: not edge.owed, within_seconds=WITHIN_SECONDS)

    assert sorted(await inbox_of(taker)) == [1, 2, 3, 4, 5]
    assert await taker.failures.page(limit=10) == ([], 0)
    assert await letters() == 0


@pytest.mark.usefixtures("short_waits", "runner")
async def test_poison_becomes_a_dead_letter_by_the_brokers_pauses_and_everything_else_flows(
    taker: Taker, queue: RabbitQueue, edge: MessageServiceEdge
) -> None:
    [poison] = edge.store(details_about(Job("room", 1), recipient()))
    edge.poison[poison] = "internal"
    queue.offer([poison])
    for seq in range(2, 30):
        queue.offer(edge.store(details_about(Job("room", seq), recipient())))
    await until(lambda: list(edge.owed) == [poison], within_seconds=WITHIN_SECONDS)
    assert len(await inbox_of(taker)) == 28

    await until(lambda: not edge.owed, within_seconds=WITHIN_SECONDS)

    [letter], _ = await taker.failures.page(limit=10)
    assert (letter.job, letter.state, letter.failures) == (poison, "dead", FAILURES_AT_MOST)
