"""The job queue on RabbitMQ (3.10 or later): a quorum queue, confirmed publishes, and a dead-letter queue.

One AMQP message carries the jobs of one flush. Both sides use aio-pika's plain connection and open a new one when it is
lost. Its "robust" connection lets publishes hang meanwhile, and may come back without its consumer.
"""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice

import aio_pika
import msgspec
import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError
from prometheus_client import Counter

from chatflow.errors import UNREADABLE
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import BATCH_LIMIT, Batch, clear_owed
from chatflow.process.vital import start_vital
from chatflow.wire.outbox import ALERTS, Job

log = structlog.get_logger(__name__)

QUEUE = "chatflow.jobs"
CONNECT_TIMEOUT_SECONDS = 5.0
PUBLISH_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 1.0
REFUSED_PAUSE_SECONDS = 1.0
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0)
# After a connection that lasted this long, the first attempts at a new one follow quickly again.
STABLE_AFTER_SECONDS = 5.0
# To notice a connection whose other end is gone without having closed it.
HEARTBEAT_SECONDS = 5
# How often the taker checks that it still is a consumer: a broker can forget that and keep the connection.
WATCH_SECONDS = 5.0
# That is some seconds of offers at full speed while the broker is down.
BUFFER_LIMIT = 10_000
# While nobody takes jobs, owners offer them again and again; a full queue refuses them and grows no further.
QUEUE_LIMIT = 100_000
DEAD_LIMIT = 10_000
# A message that was delivered so often without an ack goes to the dead-letter queue.
DELIVERY_LIMIT = 5
PREFETCH = 20

DROPPED = Counter("chatflow_job_offers_dropped_total", "Jobs that were not announced; their owners offer them again.")
REFUSED = Counter("chatflow_job_offers_refused_total", "Publishes that the broker refused; they are tried again.")
GARBAGE = Counter("chatflow_job_garbage_total", "Messages on the job queue that hold no jobs, put aside.")

Session = Callable[[AbstractChannel], Awaitable[None]]

decode_jobs = msgspec.msgpack.Decoder(list[Job]).decode


class RabbitQueue:
    """See `chatflow.jobs.port.JobQueue`. While the broker is down, offers wait in a bounded buffer."""

    def __init__(self, url: str, *, queue: str = QUEUE) -> None:
        self._url = url
        self._queue = queue
        self._waiting: deque[Job] = deque()
        self._offered = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._keeper = start_vital(
            keep_session(self._url, queue=self._queue, session=self._publish_offers), name="job offers"
        )

    def offer(self, jobs: Sequence[Job]) -> None:
        room = max(0, BUFFER_LIMIT - len(self._waiting))
        self._waiting.extend(jobs[:room])
        DROPPED.inc(len(jobs[room:]))
        if self._waiting:
            self._empty.clear()
            self._offered.set()

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await self._empty.wait()
        await end(self._keeper)

    async def _publish_offers(self, channel: AbstractChannel) -> None:
        while True:
            while self._waiting:
                chunk = list(islice(self._waiting, BATCH_LIMIT))
                try:
                    await publish(channel, chunk, exchange="", routing_key=self._queue)
                except PublishError:
                    raise  # there is no such queue any more; the next session declares it
                except DeliveryError:
                    # The queue is full, or the broker has only just started.
                    REFUSED.inc()
                    await asyncio.sleep(REFUSED_PAUSE_SECONDS)
                    continue
                for _ in chunk:
                    self._waiting.popleft()
            self._offered.clear()
            self._empty.set()
            await self._offered.wait()


class RabbitSource:
    """See `chatflow.jobs.port.JobSource`. Jobs put aside go to the dead-letter queue, where an operator sees them."""

    def __init__(self, url: str, *, message_service: ServiceClient, queue: str = QUEUE, consumer: str = ALERTS) -> None:
        self._url = url
        self._queue = queue
        self._consumer = consumer
        self._message_service = message_service
        self._inbox: asyncio.Queue[tuple[AbstractIncomingMessage, list[Job]]] = asyncio.Queue()
        self._channel: AbstractChannel | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        return "not connected to RabbitMQ" if self._channel is None else "ok"

    async def start(self) -> None:
        self._keeper = start_vital(keep_session(self._url, queue=self._queue, session=self._consume), name="jobs")

    async def take(self) -> Batch:
        taken = [await self._inbox.get()]
        while not self._inbox.empty() and sum(len(jobs) for _, jobs in taken) < BATCH_LIMIT:
            taken.append(self._inbox.get_nowait())
        # After a pause the same job is often there twice, because owners offered it again.
        jobs = tuple(dict.fromkeys(job for _, jobs in taken for job in jobs))
        return Batch(jobs=jobs, receipt=[message for message, _ in taken])

    async def done(self, batch: Batch) -> None:
        await clear_owed(self._message_service, batch.jobs, consumer=self._consumer)
        assert isinstance(batch.receipt, list)  # noqa: S101 - `take` made it
        for message in batch.receipt:
            # On a lost channel nothing can be acked. The message comes again, which does no harm.
            with suppress(*CONNECTION_EXCEPTIONS):
                await message.ack()

    async def put_aside(self, jobs: Sequence[Job]) -> None:
        if self._channel is None:
            return
        try:
            await publish(self._channel, jobs, exchange=dead(self._queue), routing_key="")
        except CONNECTION_EXCEPTIONS as error:
            log.warning("jobs put aside could not be kept in the dead-letter queue", error=str(error))

    async def close(self) -> None:
        await end(self._keeper)

    async def _consume(self, channel: AbstractChannel) -> None:
        """Receive messages until the channel is lost, or the broker has forgotten that this is a consumer."""
        # Messages of an earlier channel could be acked only there, and are delivered again here.
        while not self._inbox.empty():
            self._inbox.get_nowait()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(self._queue)
        await queue.consume(self._on_message, timeout=CONNECT_TIMEOUT_SECONDS)
        self._channel = channel
        try:
            while await is_open_after(channel, seconds=WATCH_SECONDS):
                await queue.declare(timeout=CONNECT_TIMEOUT_SECONDS)
                if not queue.declaration_result.consumer_count:
                    raise ConnectionError("the broker forgot its consumer")
            raise ConnectionError("the channel was closed")
        finally:
            self._channel = None

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        try:
            self._inbox.put_nowait((message, decode_jobs(message.body)))
        except UNREADABLE as error:
            GARBAGE.inc()
            log.warning("garbage on the job queue", error=str(error))
            with suppress(*CONNECTION_EXCEPTIONS):
                await message.reject(requeue=False)


async def keep_session(url: str, *, queue: str, session: Session) -> None:
    """Run the session on a new channel, with its queues declared, and again after each loss."""
    attempt = 0
    while True:
        connected_at = math.inf
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                connection = await aio_pika.connect(url, heartbeat=HEARTBEAT_SECONDS)
            try:
                channel = await connection.channel(on_return_raises=True)
                await declare_queues(channel, queue)
                log.info("RabbitMQ is connected")
                connected_at = time.monotonic()
                await session(channel)
            finally:
                await close_connection(connection)
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            # When a channel dies, the library cancels whatever waits on it.
            problem = "the channel died"
        except Exception as error:  # noqa: BLE001 - whatever the library raises, a new connection is made
            problem = f"{type(error).__name__}: {error}"
        if time.monotonic() - connected_at > STABLE_AFTER_SECONDS:
            attempt = 0
        if attempt == 0:
            log.warning("RabbitMQ is lost", error=problem)
        pause = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads reconnects, guards nothing
        attempt += 1


async def declare_queues(channel: AbstractChannel, queue: str) -> None:
    """Declare the queue and its dead-letter queue; both are durable and bounded."""
    async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
        exchange = await channel.declare_exchange(dead(queue), aio_pika.ExchangeType.FANOUT, durable=True)
        letters = await channel.declare_queue(
            dead(queue), durable=True, arguments={"x-queue-type": "quorum", "x-max-length": DEAD_LIMIT}
        )
        await letters.bind(exchange)
        await channel.declare_queue(
            queue,
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": dead(queue),
                "x-max-length": QUEUE_LIMIT,
                "x-overflow": "reject-publish",
            },
        )


async def publish(channel: AbstractChannel, jobs: Sequence[Job], *, exchange: str, routing_key: str) -> None:
    """Publish one message and wait until the broker confirms it; raises if it does not do so in time."""
    message = aio_pika.Message(msgspec.msgpack.encode(jobs), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
        target = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        await target.publish(message, routing_key, mandatory=True)


def queue_of(consumer: str) -> str:
    """Return the name of a consumer's queue; that of alerts is from when there was one."""
    return QUEUE if consumer == ALERTS else f"chatflow.jobs.{consumer}"


def dead(queue: str) -> str:
    return f"{queue}.dead"


async def is_open_after(channel: AbstractChannel, *, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await channel.closed()
    return not channel.is_closed


async def close_connection(connection: aio_pika.abc.AbstractConnection) -> None:
    """Close the connection, but do not wait long for a broker that is gone."""
    with suppress(*CONNECTION_EXCEPTIONS):
        async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
            await connection.close()


async def end(task: asyncio.Task[None] | None) -> None:
    while task is not None and not task.done():
        # Again and again: the library may swallow a cancellation at the moment of an answer.
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
