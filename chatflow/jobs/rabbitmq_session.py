"""A connection to RabbitMQ that is opened again after each loss, and publishing that waits for the broker's confirm.

It uses aio-pika's plain connection. The "robust" one lets publishes hang while it is lost, and may come back without
its consumer.
"""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import aio_pika
import msgspec
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from chatflow.jobs.rabbitmq_queues import Queues
from chatflow.wire.outbox import Job

log = structlog.get_logger(__name__)

CONNECT_TIMEOUT_SECONDS = 5.0
PUBLISH_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 1.0
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0)
# After a connection that lasted this long, the first attempts at a new one follow quickly again.
STABLE_AFTER_SECONDS = 5.0
# To notice a connection whose other end is gone without having closed it.
HEARTBEAT_SECONDS = 5

Session = Callable[[AbstractConnection, AbstractChannel], Awaitable[None]]


async def keep_session(url: str, *, queues: Queues, session: Session) -> None:
    """Run the session on a new channel, with its queues declared, and again after each loss."""
    attempt = 0
    while True:
        connected_at = math.inf
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                connection = await aio_pika.connect(url, heartbeat=HEARTBEAT_SECONDS)
            try:
                channel = await connection.channel(on_return_raises=True)
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    await queues.declare(channel)
                log.info("RabbitMQ is connected")
                connected_at = time.monotonic()
                await session(connection, channel)
            finally:
                await close_connection(connection)
        except asyncio.CancelledError:
            if is_cancelled():
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


async def publish(channel: AbstractChannel | None, jobs: Sequence[Job], *, queue: str) -> None:
    """Publish one message and wait until the broker confirms it; raises if it does not do so in time."""
    if channel is None:
        raise ConnectionError("not connected to RabbitMQ")
    message = aio_pika.Message(msgspec.msgpack.encode(jobs), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    try:
        async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
            await channel.default_exchange.publish(message, queue, mandatory=True)
    except asyncio.CancelledError:
        if is_cancelled():
            raise
        # When a channel dies, the library cancels whatever waits on it; that must not end the caller's task.
        raise ConnectionError("the channel died") from None


def is_cancelled() -> bool:
    """Tell whether somebody wants this task to end."""
    return (task := asyncio.current_task()) is None or task.cancelling() > 0


async def is_open_after(channel: AbstractChannel, *, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await channel.closed()
    return not channel.is_closed


async def close_connection(connection: AbstractConnection) -> None:
    """Close the connection, but do not wait long for a broker that is gone."""
    with suppress(*CONNECTION_EXCEPTIONS):
        async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
            await connection.close()
