"""An event that a worker stored, but died before publishing, appears even in a room that is quiet afterwards."""

import asyncio
import signal
import time
from collections.abc import Iterator

import msgspec
import pytest
import redis.asyncio

from chatflow.ids import new_id
from chatflow.protocol.commands import SendMessage
from chatflow.wire.bus import COMMANDS_CHANNEL, Command
from tests.actors import Actor
from tests.chatflow.conditions import until
from tests.faults.trapped_system import TrappedSystem, open_trapped_system
from tests.journeys.conftest import Invite
from tests.journeys.scales import TWO, Scale

pytestmark = pytest.mark.scales(TWO)

PROMISED_SECONDS = 5.0


@pytest.fixture(scope="module")
def trapped(scale: Scale, tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[TrappedSystem]:
    settings = {**scale.settings, "CHATFLOW_WORKERS": "2", "CHATFLOW_REDIS_URL": valkey_url}
    with open_trapped_system(tmp_path_factory.mktemp("trapped"), settings=settings) as system:
        yield system


@pytest.fixture
def url(trapped: TrappedSystem) -> str:
    return trapped.url


async def send_as_a_gateway_that_died(
    redis_url: str, worker_id: str, *, sender: Actor, room_id: str, text: str
) -> None:
    """Nobody waits for the answer, and nobody will ask again."""
    cid = new_id()
    command = Command(
        op=f"c:{cid}",
        room_id=room_id,
        actor=sender.id,
        body=SendMessage(cid=cid, room_id=room_id, text=text),
        lane=f"gone/{cid}",
        number=1,
        floor=1,
        attempt=1,
        deadline=time.time() + 8.0,
        reply_to="replies.gone",
        request_id=new_id(),
    )
    async with redis.asyncio.Redis.from_url(redis_url) as bus:
        assert await bus.publish(COMMANDS_CHANNEL.format(worker_id=worker_id), msgspec.msgpack.encode([command])) == 1


@pytest.mark.parametrize("how", ["kill", "stop"])
async def test_a_message_that_nobody_published_appears_in_time(
    trapped: TrappedSystem, invite: Invite, valkey_url: str, how: str
) -> None:
    """A killed worker is soon back and announces the event itself; for a stopped one the other worker takes over."""
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("quiet")
    await bobs_phone.join(room_id)
    for device in (phone, bobs_phone):
        # Whose list of rooms is news to the gateway is looked at again some seconds later, and their rooms with it.
        await device.disconnect()
        await device.connect()
    owner = trapped.owner_of(room_id)
    dead_pid = trapped.pid_of(owner)
    trap = trapped.traps(owner)
    trap.arm("after store", how=how)
    await send_as_a_gateway_that_died(valkey_url, owner, sender=alice, room_id=room_id, text="last words")
    await until(lambda: not trap.is_armed)

    try:
        # Each gateway finds out by itself, and not at the same moment.
        await asyncio.gather(
            *(device.sees(room_id, "last words", within_seconds=PROMISED_SECONDS) for device in (bobs_phone, phone))
        )
    finally:
        AFTERWARDS[how](trapped, owner, dead_pid)


def let_it_return(system: TrappedSystem, name: str, dead_pid: int) -> None:
    system.wait_until_replaced(name, dead_pid=dead_pid)


def let_it_go_on(system: TrappedSystem, name: str, dead_pid: int) -> None:
    system.signal(name, signal.SIGCONT)
    system.wait_until_ready()


AFTERWARDS = {"kill": let_it_return, "stop": let_it_go_on}
