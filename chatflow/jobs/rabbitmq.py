"""The job queue on RabbitMQ (3.10 or later): quorum queues, confirmed publishes, and pauses that the broker keeps.

One AMQP message carries the jobs of one flush.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import msgspec
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity, DeliveryError, PublishError
from prometheus_client import Counter

from chatflow.errors import UNREADABLE
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import BATCH_LIMIT, BATCHES_AT_ONCE, Batch, clear_owed
from chatflow.jobs.rabbitmq_queues import QUEUE, Queues
from chatflow.jobs.rabbitmq_session import (
    CLOSE_TIMEOUT_SECONDS,
    CONNECT_TIMEOUT_SECONDS,
    is_open_after,
    keep_session,
    publish,
)
from chatflow.process.ending import end
from chatflow.process.vital import start_vital
from chatflow.wire.outbox import ALERTS, Job

log = structlog.get_logger(__name__)

REFUSED_PAUSE_SECONDS = 1.0
# How often the taker checks that it still is a consumer: a broker can forget that and keep the connection.
WATCH_SECONDS = 5.0
# How often it looks for a queue of a version before, to which a worker of that version may publish.
LOOK_BACK_SECONDS = 300.0
# That is some seconds of offers at full speed while the broker is down.
BUFFER_LIMIT = 10_000
# A batch has no more messages, so that batches that hang leave messages for the others.
MESSAGES_LIMIT = 20
PREFETCH = MESSAGES_LIMIT * BATCHES_AT_ONCE
# A message that came back so often may be what its takers die of, so it is taken by itself.
SUSPECT_AFTER = 3

DROPPED = Counter("chatflow_job_offers_dropped_total", "Jobs that were not announced; their owners offer them again.")
REFUSED = Counter("chatflow_job_offers_refused_total", "Publishes that the broker refused; they are tried again.")
GARBAGE = Counter("chatflow_job_garbage_total", "Messages on the job queue that hold no jobs, put aside.")

# Beyond that no room has an event, and no database takes the number.
SEQ_LIMIT = 2**53
decoder = msgspec.msgpack.Decoder(list[Job])


class RabbitQueue:
    """See `chatflow.jobs.port.JobQueue`. While the broker is down, offers wait in a bounded buffer."""

    def __init__(self, url: str, *, queue: str = QUEUE) -> None:
        self._url = url
        self._queues = Queues(queue)
        self._waiting: deque[Job] = deque()
        self._offered = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._keeper = start_vital(
            keep_session(self._url, queues=self._queues, session=self._publish_offers), name="job offers"
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

    async def _publish_offers(self, _: AbstractConnection, channel: AbstractChannel) -> None:
        while True:
            while self._waiting:
                chunk = list(islice(self._waiting, BATCH_LIMIT))
                try:
                    await publish(channel, chunk, queue=self._queues.main)
                except PublishError:
                    raise  # there is no such queue any more; the next session declares it
                except DeliveryError:
                    # The queue is full, or the broker has only just started.
                    REFUSED.inc()
                    await asyncio.sleep(REFUSED_PAUSE_SECONDS)
                    continue
                for _job in chunk:
                    self._waiting.popleft()
            self._offered.clear()
            self._empty.set()
            await self._offered.wait()


@dataclass(frozen=True)
class Arrived:
    """A message with its jobs."""

    message: AbstractIncomingMessage
    jobs: list[Job]

    @property
    def is_suspect(self) -> bool:
        deliveries = self.message.headers.get("x-delivery-count", 0)
        return isinstance(deliveries, int) and deliveries >= SUSPECT_AFTER


class RabbitSource:
    """See `chatflow.jobs.port.JobSource`. Jobs left for later wait in the queue of their pause."""

    def __init__(self, url: str, *, message_service: ServiceClient, queue: str = QUEUE, consumer: str = ALERTS) -> None:
        self._url = url
        self._queues = Queues(queue)
        self._consumer = consumer
        self._message_service = message_service
        self._inbox: deque[Arrived] = deque()
        self._arrived = asyncio.Event()
        self._channel: AbstractChannel | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        return "not connected to RabbitMQ" if self._channel is None else "ok"

    async def start(self) -> None:
        self._keeper = start_vital(keep_session(self._url, queues=self._queues, session=self._consume), name="jobs")

    async def take(self) -> Batch:
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        taken = [self._inbox.popleft()]
        is_suspect = taken[0].is_suspect
        while self._inbox and not is_suspect and not self._inbox[0].is_suspect and has_room(taken):
            taken.append(self._inbox.popleft())
        # After a pause the same job is often there twice, because owners offered it again.
        jobs = tuple(dict.fromkeys(job for arrived in taken for job in arrived.jobs))
        return Batch(jobs=jobs, receipt=[arrived.message for arrived in taken], is_suspect=is_suspect)

    async def done(self, batch: Batch) -> None:
        await clear_owed(self._message_service, batch.jobs, consumer=self._consumer)
        assert isinstance(batch.receipt, list)  # noqa: S101 - `take` made it
        for message in batch.receipt:
            # On a lost channel nothing can be acked. The message comes again, which does no harm.
            with suppress(*CONNECTION_EXCEPTIONS):
                await message.ack()

    async def bring_later(self, jobs: Sequence[Job], *, seconds: float) -> None:
        try:
            await publish(self._channel, jobs, queue=self._queues.later(seconds))
        except CONNECTION_EXCEPTIONS as error:
            # The owners of their rooms offer them again.
            log.warning("jobs could not be left for later", jobs=len(jobs), error=str(error))

    async def skip(self, jobs: Sequence[Job], *, seconds: float) -> None:
        """Do nothing: the message that brings them is in a queue for later, or their owners offer them again."""

    async def close(self) -> None:
        await end(self._keeper)

    async def _consume(self, connection: AbstractConnection, channel: AbstractChannel) -> None:
        """Receive messages until the channel is lost, or the broker has forgotten that this is a consumer."""
        # Messages of an earlier channel could be acked only there, and are delivered again here.
        self._inbox.clear()
        await channel.set_qos(prefetch_count=PREFETCH)
        consumed: dict[str, AbstractQueue] = {}
        loop, look_back_at = asyncio.get_running_loop(), 0.0
        # First, because what comes may have to be left for later before the broker has confirmed the consumer.
        self._channel = channel
        try:
            await self._begin(channel, self._queues.main, consumed=consumed)
            while True:
                if loop.time() >= look_back_at:
                    look_back_at = loop.time() + LOOK_BACK_SECONDS
                    for name in self._queues.before:
                        if name not in consumed and await exists(connection, name):
                            await self._begin(channel, name, consumed=consumed)
                if not await is_open_after(channel, seconds=WATCH_SECONDS):
                    raise ConnectionError("the channel was closed")
                for queue in consumed.values():
                    await queue.declare(timeout=CONNECT_TIMEOUT_SECONDS)
                    if not queue.declaration_result.consumer_count:
                        raise ConnectionError("the broker forgot its consumer")
        finally:
            self._channel = None

    async def _begin(self, channel: AbstractChannel, name: str, *, consumed: dict[str, AbstractQueue]) -> None:
        consumed[name] = await channel.get_queue(name)
        await consumed[name].consume(self._on_message, timeout=CONNECT_TIMEOUT_SECONDS)

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        try:
            self._inbox.append(Arrived(message, decode_jobs(message.body)))
            self._arrived.set()
        except UNREADABLE as error:
            GARBAGE.inc()
            log.warning("garbage on the job queue", error=str(error))
            with suppress(*CONNECTION_EXCEPTIONS):
                await message.reject(requeue=False)


def decode_jobs(body: bytes) -> list[Job]:
    """Return the jobs in a message; raises one of `UNREADABLE` if they name what cannot be a place in a log."""
    jobs = decoder.decode(body)
    if not all(0 <= job.seq <= SEQ_LIMIT and "\0" not in job.room_id for job in jobs):
        raise msgspec.ValidationError("a job names no place in a log")
    return jobs


def has_room(taken: Sequence[Arrived]) -> bool:
    return len(taken) < MESSAGES_LIMIT and sum(len(arrived.jobs) for arrived in taken) < BATCH_LIMIT


async def exists(connection: AbstractConnection, queue: str) -> bool:
    """Tell whether there is such a queue; asked on a channel of its own, which ends where there is none."""
    async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
        channel = await connection.channel()
        try:
            await channel.get_queue(queue)
        except ChannelNotFoundEntity:
            return False
        await channel.close()
        return True
