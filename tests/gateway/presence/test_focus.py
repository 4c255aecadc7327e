"""A device's focus, as it is seen by the service that alerts people."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio

from chatflow.errors import Unavailable
from chatflow.leases.port import LeaseKeeper, LeaseTable, new_lease
from chatflow.presence.focus_redis import FocusKeys, focus_key, member_of
from chatflow.protocol import events
from chatflow.wire.bus import RoomAppeared
from gateway.presence.life_set_redis import RENEW_SECONDS
from tests.gateway.conftest import Gateway
from tests.gateway.scene import Scene
from tests.gateway.world import FakeRoom, World


@pytest.fixture
async def keys(gateway: Gateway, valkey_url: str) -> AsyncIterator[FocusKeys]:
    gateways = LeaseTable(valkey_url, kind="gateway", on_change=lambda: None)
    await gateways.start()
    keys = FocusKeys(valkey_url, gateways=lambda: gateways.live)
    yield keys
    await gateways.close()
    await keys.close()


async def test_a_person_looks_at_a_room_for_as_long_as_one_of_their_devices_shows_it(
    gateway: Gateway, world: World, keys: FocusKeys, alice: str, bob: str
) -> None:
    room, other = world.room(alice, bob), world.room(alice)
    phone, desk = await gateway.device(alice), await gateway.device(alice)
    pairs = [(room.id, alice), (other.id, alice), (room.id, bob)]

    await phone.ask("focus", {"room_id": room.id})
    await desk.ask("focus", {"room_id": room.id})
    assert await keys.among(pairs) == {(room.id, alice)}

    await phone.ask("focus", {"room_id": other.id})
    assert await keys.among(pairs) == {(room.id, alice), (other.id, alice)}

    await desk.ask("focus", {"room_id": None})
    assert await keys.among(pairs) == {(other.id, alice)}


async def test_a_device_that_is_gone_shows_nothing(gateway: Gateway, world: World, keys: FocusKeys, alice: str) -> None:
    room = world.room(alice)
    phone = await gateway.device(alice)
    await phone.ask("focus", {"room_id": room.id})
    await phone.client.disconnect()
    await gone((room.id, alice), keys)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.presence.focus.RENEW_SECONDS", 0.05)


async def test_what_people_looked_at_by_a_gateway_that_died_ends_with_its_lease(
    gateway: Gateway, valkey_url: str, keys: FocusKeys, alice: str
) -> None:
    pair = ("room", alice)
    lease = LeaseKeeper(valkey_url, kind="gateway", lease=new_lease("g9-0a1b2c"))
    await lease.start()
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.sadd(focus_key("g9-0a1b2c"), member_of(pair))
    await true(pair, keys)
    await lease.release()
    await gone(pair, keys)


@pytest.mark.usefixtures("quick")
async def test_a_look_is_written_again_when_redis_has_lost_it(
    keys: FocusKeys, gateway: Gateway, world: World, valkey_url: str, alice: str
) -> None:
    room = world.room(alice)
    await (await gateway.device(alice)).ask("focus", {"room_id": room.id})
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()
    await true((room.id, alice), keys)


@pytest.mark.usefixtures("quick")
async def test_who_was_removed_from_a_room_looks_at_it_no_more(
    keys: FocusKeys, gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    owner, device = await gateway.device(alice), await gateway.device(bob)
    await device.ask("focus", {"room_id": room.id})
    await true((room.id, bob), keys)
    await owner.ask("room:kick", {"room_id": room.id, "user_id": bob})
    await gone((room.id, bob), keys)


async def test_where_redis_hangs_nobody_waits_for_all_before_them(
    gateway: Gateway, world: World, monkeypatch: pytest.MonkeyPatch, alice: str
) -> None:
    rooms = [world.room(alice) for _ in range(40)]
    device = await gateway.device(alice)
    tries: list[int] = []

    async def hang(pipeline: Any) -> list[Any]:
        tries.append(len(pipeline))
        await asyncio.sleep(0.1)
        raise Unavailable

    monkeypatch.setattr("gateway.presence.life_set_redis.execute", hang)
    answers = await asyncio.gather(*(device.ask("focus", {"room_id": room.id}) for room in rooms))
    assert all(answer["ok"] for answer in answers)
    assert len(tries) < 10


class SlowSet:
    """For `gateway.presence.life_set_redis.LifeSet`: keeps in memory what it was told, each time it is let go."""

    def __init__(self) -> None:
        self.written: set[str] = set()
        self._waiting: list[asyncio.Future[None]] = []

    async def renew(self) -> None: ...

    async def change(self, *, add: set[str], remove: set[str]) -> None:
        change_due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(change_due)
        try:
            await change_due
        finally:
            self._waiting.remove(change_due)
        self.written = self.written - remove | add

    def let_go(self) -> None:
        for change_due in self._waiting:
            change_due.set_result(None)


@pytest.fixture
def pairs(scene: Scene) -> SlowSet:
    pairs: Any = SlowSet()
    scene.gateway.focus._pairs = pairs
    found: SlowSet = pairs
    return found


def focus(scene: Scene, pairs: SlowSet, room: FakeRoom) -> None:
    scene.ask("focus", room_id=room.id)
    answer(scene, pairs)


def answer(scene: Scene, pairs: SlowSet) -> None:
    """Let Redis answer all that is asked now, and what is asked then."""
    for _ in range(5):
        pairs.let_go()
        scene.loop.settle()


def test_a_device_that_turns_to_another_room_and_hangs_up_at_once_shows_neither(scene: Scene, pairs: SlowSet) -> None:
    other = scene.world.room(scene.alice)
    scene.connect()
    focus(scene, pairs, scene.room)
    assert pairs.written == {member_of((scene.room.id, scene.alice))}

    scene.ask("focus", room_id=other.id)
    scene.do(scene.device.hang_up)
    answer(scene, pairs)
    assert pairs.written == set()


def test_a_look_that_is_written_late_is_none_of_a_room_that_its_person_was_removed_from(
    scene: Scene, pairs: SlowSet
) -> None:
    room = scene.world.room(scene.bob, scene.alice)
    scene.connect()
    scene.ask("focus", room_id=scene.room.id)
    scene.ask("focus", room_id=room.id)
    scene.gateway.worker.publish(room.leave(scene.alice, kind=events.MemberKicked, actor=scene.bob))
    assert room.id not in scene.life.rooms
    answer(scene, pairs)
    assert pairs.written == set()


def test_whoever_is_back_in_a_room_and_looks_at_it_again_is_seen_to_at_once(scene: Scene, pairs: SlowSet) -> None:
    room = scene.world.room(scene.bob, scene.alice)
    scene.connect()
    scene.gateway.running.append(scene.loop.create_task(scene.gateway.focus.run()))
    focus(scene, pairs, room)
    scene.gateway.worker.publish(room.leave(scene.alice, kind=events.MemberKicked, actor=scene.bob))
    scene.loop.pass_time(RENEW_SECONDS)
    answer(scene, pairs)
    assert pairs.written == set()

    scene.gateway.worker.publish(room.join(scene.alice))
    scene.gateway.worker.signal(RoomAppeared(room_id=room.id, user_ids=[scene.alice], seq=room.head))
    scene.loop.settle()
    scene.answer()
    assert room.id in scene.life.rooms
    focus(scene, pairs, room)
    assert pairs.written == {member_of((room.id, scene.alice))}


async def true(pair: tuple[str, str], keys: FocusKeys) -> None:
    async with asyncio.timeout(5.0):
        while not await keys.among([pair]):
            continue


async def gone(pair: tuple[str, str], keys: FocusKeys) -> None:
    async with asyncio.timeout(5.0):
        while await keys.among([pair]):
            continue
