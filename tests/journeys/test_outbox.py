"""An owed alert reaches its person, whichever process between the store and them dies."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio

from tests.actors import Actor, Refused
from tests.chatflow.conditions import until
from tests.faults.trapped_system import TrappedSystem, open_trapped_system
from tests.journeys.scales import TWO, Scale
from tests.servers import Server
from tests.servers.valkey import open_valkey

pytestmark = pytest.mark.scales(TWO)

# Owners offer again what is owed for longer than 30 s, and look every 10 s.
OFFERED_AGAIN_WITHIN_SECONDS = 60.0
# One dies, and another goes on.
TWO_WORKERS = {"CHATFLOW_WORKERS": "2"}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """One of this test's own, to be killed."""
    with open_valkey(tmp_path / "valkey") as server:
        yield server


async def lose(valkey: Server) -> None:
    """Let Redis forget everything, die and return."""
    async with redis.asyncio.Redis.from_url(valkey.url) as bus:
        await bus.flushall()
    valkey.kill()
    valkey.start()


@asynccontextmanager
async def two_people(url: str, *, keeps_connections: bool) -> AsyncIterator[tuple[Actor, Actor]]:
    async with (
        Actor(url, "alice", keeps_connections=keeps_connections) as alice,
        Actor(url, "bob", keeps_connections=keeps_connections) as bob,
    ):
        yield await alice.register(), await bob.register()


async def owe_an_alert(system: TrappedSystem, alice: Actor, bob: Actor) -> tuple[str, int]:
    """Alice writes to Bob, who is away; the worker dies before it can tell anybody that this is worth an alert."""
    phone = await alice.connect()
    room_id = await phone.open_direct(bob.id)
    owner = system.owner_of(room_id)
    dead_pid = system.pid_of(owner)
    # Nobody is there to take it over either.
    system.signal("notification_service", signal.SIGSTOP)
    trap = system.traps(owner)
    trap.arm("after store")
    ack = await phone.send_until_acked(room_id, "are you there", within_seconds=20)
    assert not trap.is_armed
    await until(lambda: system.process(owner).pid not in (None, dead_pid), within_seconds=20)
    return room_id, int(ack["seq"])


async def expect_alert(system: TrappedSystem, bob: Actor, alert: tuple[str, int], *, within_seconds: float) -> None:
    system.signal("notification_service", signal.SIGCONT)
    async with asyncio.timeout(within_seconds):
        while alert not in await kept_for(bob):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.2)


async def kept_for(person: Actor) -> set[tuple[str, int]]:
    """Return what is in their inbox, which cannot be opened while the services find each other again."""
    try:
        return await person.read_inbox()
    except Refused:
        return set()


async def test_an_alert_survives_the_worker_and_a_redis_that_forgets(
    scale: Scale, tmp_path: Path, valkey: Server
) -> None:
    settings = {**scale.settings, **TWO_WORKERS, "CHATFLOW_REDIS_URL": valkey.url}
    with open_trapped_system(tmp_path / "system", settings=settings) as system:
        async with two_people(system.url, keeps_connections=scale.keeps_connections) as (alice, bob):
            alert = await owe_an_alert(system, alice, bob)
            await lose(valkey)
            await expect_alert(system, bob, alert, within_seconds=20)


@pytest.mark.long
async def test_an_alert_survives_the_broker_too(
    scale: Scale, tmp_path: Path, valkey: Server, rabbitmq_server: Server, rabbitmq_url: str
) -> None:
    settings = {
        **scale.settings,
        **TWO_WORKERS,
        "CHATFLOW_REDIS_URL": valkey.url,
        "CHATFLOW_JOB_QUEUE_URL": rabbitmq_url,
    }
    with open_trapped_system(tmp_path / "system", settings=settings) as system:
        async with two_people(system.url, keeps_connections=scale.keeps_connections) as (alice, bob):
            alert = await owe_an_alert(system, alice, bob)
            rabbitmq_server.kill()
            await lose(valkey)
            rabbitmq_server.start()
            await expect_alert(system, bob, alert, within_seconds=OFFERED_AGAIN_WITHIN_SECONDS)
