"""Garbage that none of our processes sends: random bytes on the bus, unreadable and repeated jobs on the job queue."""

import random

import aio_pika
import msgspec
import redis.asyncio

from chatflow.jobs.rabbitmq_queues import QUEUE, Queues
from chatflow.wire.outbox import Job

PIECES = 20
LONGEST_BYTES = 2_000


async def litter_bus(redis_url: str, *, dice: random.Random) -> None:
    """Publish garbage on every channel that anybody listens to."""
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        for channel in await client.pubsub_channels():
            for _ in range(PIECES):
                await client.publish(channel, piece(dice))


async def litter_jobs(rabbitmq_url: str, *, jobs: list[Job], dice: random.Random) -> None:
    """Send unreadable jobs, and jobs that were sent before, several times."""
    connection = await aio_pika.connect(rabbitmq_url)
    async with connection:
        channel = await connection.channel()
        for body in [*(piece(dice) for _ in range(PIECES)), *[msgspec.msgpack.encode(jobs)] * 3]:
            await channel.default_exchange.publish(aio_pika.Message(body), routing_key=Queues(QUEUE).main)


def piece(dice: random.Random) -> bytes:
    """Return random bytes; some of them are nearly a valid message."""
    return dice.choice(
        [
            dice.randbytes(dice.randrange(LONGEST_BYTES)),
            msgspec.msgpack.encode({"worker_id": "nobody", "counter": -1, "events": [None]}),
            msgspec.msgpack.encode([[1, 2, 3], {"room_id": 5}]),
            b"",
        ]
    )
