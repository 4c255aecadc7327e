"""Rubbish on the bus is ignored: whoever can publish there cannot end a process, or make it forget its work."""

from collections.abc import AsyncIterator

import msgspec
import pytest
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from tests.journeys.conftest import Invite
from tests.journeys.system import Process, System

RUBBISH = [
    b"",
    b"\x00",
    b"\xff" * 1000,
    b"\x93\x01\x02",
    b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff",
    b"\x91" * 50_000,
    msgspec.msgpack.encode([]),
    msgspec.msgpack.encode([None, 1, "x", {}]),
    msgspec.msgpack.encode([{"type": "nothing"}]),
    msgspec.msgpack.encode({"type": "events", "worker_id": 1}),
    msgspec.msgpack.encode({"replies": [{"lane": 1}], "holes": [{}]}),
    b"\xa1" + b"x" * 100_000,
]


@pytest.fixture
async def bus(system: System) -> AsyncIterator[redis.asyncio.Redis]:
    plan = (system.data / "run" / "plan.json").read_text()
    address = plan[plan.index("redis://") :].split('"', 1)[0]
    async with redis.asyncio.from_url(address, decode_responses=True) as bus:
        yield bus


def living(system: System) -> list[Process]:
    return [process for process in system.processes() if process.state == "ready"]


async def test_rubbish_on_every_channel_ends_no_process_and_no_conversation(
    invite: Invite, system: System, bus: redis.asyncio.Redis
) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    await laptop.join(room_id)
    before = living(system)
    channels = [str(channel) for channel in await bus.pubsub_channels()]
    kinds = {channel.partition(".")[0] for channel in channels}
    assert {"commands", "replies", "events", "signals", "revocations"} <= kinds
    for channel in channels:
        for rubbish in RUBBISH:
            await bus.publish(channel, rubbish)
    await phone.send(room_id, "still here")
    await laptop.sees(room_id, "still here")
    assert living(system) == before
    lost = [log.name for log in (system.data / "logs").iterdir() if "the bus is lost" in log.read_text()]
    assert lost == []


async def test_the_bus_is_closed_to_whoever_has_no_password(system: System, bus: redis.asyncio.Redis) -> None:
    port = bus.connection_pool.connection_kwargs["port"]
    async with redis.asyncio.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger:
        with pytest.raises(redis.AuthenticationError):
            await stranger.publish("signals", b"")
