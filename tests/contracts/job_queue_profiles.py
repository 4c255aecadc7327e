"""The job queue's adapters with their servers, so that one suite judges both."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from typing import Protocol, TypeVar

import aio_pika
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError

from chatflow.bus.redis import RedisBus
from chatflow.errors import Unavailable
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.log_queue import LogQueue, LogSource
from chatflow.jobs.port import Batch, JobQueue, JobSource
from chatflow.jobs.rabbitmq import RabbitQueue, RabbitSource
from chatflow.jobs.rabbitmq_queues import Queues
from chatflow.wire.bus import JOBS_CHANNEL
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge, details_about
from tests.servers import Server

Side = TypeVar("Side", JobQueue, JobSource)

WITHIN_SECONDS = 30.0
# The last one is a job whose room's id is no UTF-8.
RABBIT_GARBAGE = (b"", b"\xc1", b"\x91\x05", b"{}", b"\x91\x82\xa7room_id\xa1\xff\xa3seq\x01")


class Profile(Protocol):
    """One adapter with its server and the log behind it."""

    log: MessageServiceEdge
    server: Server

    async def queue(self) -> JobQueue: ...
    async def source(self) -> JobSource: ...
    async def publish_garbage(self) -> None: ...
    async def kill_server(self) -> None: ...


class LogProfile:
    def __init__(self, log: MessageServiceEdge, server: Server, stack: AsyncExitStack) -> None:
        self.log = log
        self.server = server
        self._stack = stack

    async def queue(self) -> JobQueue:
        return await opened(LogQueue(await self._bus()), self._stack)

    async def source(self) -> JobSource:
        return await opened(LogSource(await self._bus(), message_service=client_of(self.log, self._stack)), self._stack)

    async def publish_garbage(self) -> None:
        (await self._bus()).publish(JOBS_CHANNEL, b"\xc1 no jobs")

    async def kill_server(self) -> None:
        self.server.kill()

    async def _bus(self) -> RedisBus:
        bus = RedisBus(self.server.url, on_gap=lambda: None)
        await bus.start()
        self._stack.push_async_callback(bus.close)
        return bus


class RabbitProfile:
    def __init__(self, log: MessageServiceEdge, server: Server, stack: AsyncExitStack) -> None:
        self.log = log
        self.server = server
        # One that no other test has deleted, or left full.
        self.name = f"jobs-{secrets.token_hex(4)}"
        self.queues = Queues(self.name)
        self.stack = stack
        # The queues that were made, also while a test has other pauses.
        self.made: set[str] = set()

    async def queue(self) -> JobQueue:
        self.made |= self.queues.declarations().keys()
        return await opened(RabbitQueue(self.server.url, queue=self.name), self.stack)

    async def source(self) -> JobSource:
        self.made |= self.queues.declarations().keys()
        source = RabbitSource(self.server.url, message_service=client_of(self.log, self.stack), queue=self.name)
        return await opened(source, self.stack)

    async def publish_garbage(self) -> None:
        channel = await self.channel()
        for body in RABBIT_GARBAGE:
            await confirmed(channel, body, queue=self.queues.main)

    async def kill_server(self) -> None:
        """Kill the broker once it has written down its queues' names, which takes it some 500 ms.

        A quorum queue that is younger than that comes back without a leader for ever, which is the broker's own fault.
        """
        await until(self._names_are_written)
        self.server.kill()

    def _names_are_written(self) -> bool:
        [names] = self.server.folder.glob("mnesia/**/quorum/**/names.dets")
        written = names.read_bytes()
        main, *others = (written.count(name.encode()) for name in sorted(self.queues.declarations()))
        # The name of the main queue is the beginning of the others'.
        return all(others) and main > sum(others)

    async def channel(self) -> AbstractChannel:
        """A channel of the test's own, on which the queues stand."""
        channel = await self._bare_channel()
        await self.queues.declare(channel)
        return channel

    async def _bare_channel(self) -> AbstractChannel:
        connection = await aio_pika.connect(self.server.url)
        self.stack.push_async_callback(connection.close)
        return await connection.channel()

    async def delete_queues(self) -> None:
        # Without declaring them: a test may have declared them otherwise.
        channel = await self._bare_channel()
        for name in [*self.made, *self.queues.declarations(), *self.queues.before]:
            await channel.queue_delete(name)


async def opened(side: Side, stack: AsyncExitStack) -> Side:
    await side.start()
    stack.push_async_callback(side.close)
    return side


def client_of(log: MessageServiceEdge, stack: AsyncExitStack) -> ServiceClient:
    client = ServiceClient("message_service", log.url, SECRET)
    stack.push_async_callback(client.close)
    return client


async def confirmed(channel: AbstractChannel, body: bytes, *, queue: str) -> None:
    """Publish until the broker takes it: one that has only just started refuses at first."""
    async with asyncio.timeout(5):
        while True:
            try:
                await channel.default_exchange.publish(aio_pika.Message(body), queue)
            except DeliveryError:
                await asyncio.sleep(0.05)
            else:
                return


def store(profile: Profile, seqs: Iterable[int]) -> list[Job]:
    return profile.log.store(*(details_about(Job("room", seq)) for seq in seqs))


async def take(source: JobSource) -> Batch:
    async with asyncio.timeout(WITHIN_SECONDS):
        return await source.take()


async def take_all(source: JobSource, jobs: list[Job]) -> set[Job]:
    """Take and finish until all of these were taken."""
    taken: set[Job] = set()
    async with asyncio.timeout(WITHIN_SECONDS):
        while not taken.issuperset(jobs):
            batch = await source.take()
            taken.update(batch.jobs)
            await source.done(batch)
    return taken


async def dead_letter(rabbitmq: RabbitProfile) -> bytes:
    """Wait for a dead letter, take it, and return its body."""
    channel = await rabbitmq.channel()
    letters = await channel.get_queue(rabbitmq.queues.dead)
    async with asyncio.timeout(WITHIN_SECONDS), letters.iterator() as iterator:
        message = await anext(iterator)
        await message.ack()
        return message.body


async def retried(action: Callable[[], Awaitable[None]]) -> None:
    """Repeat until the circuit breaker lets it through."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while True:
            try:
                await action()
                return
            except Unavailable:
                await asyncio.sleep(0.05)
