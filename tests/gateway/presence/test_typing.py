"""Typing is seen by the others in the room, and ends when the person stops, goes silent, or their gateway dies."""

import asyncio
from typing import Any

import msgspec
import pytest

from chatflow.bus.opening import open_bus
from chatflow.process.settings import Settings
from chatflow.wire.bus import SIGNALS_CHANNEL, TypingChanged
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.presence.typing.TYPING_SECONDS", 0.3)


def seen(device: Device) -> list[bool]:
    return [told["active"] for told in device.all("typing")]


@pytest.mark.usefixtures("quick")
async def test_who_says_no_more_has_stopped_typing(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    await here.ask("typing:start", {"room_id": room.id})
    await until(lambda: seen(there) == [True, False])
    assert there.all("typing")[-1] == {"room_id": room.id, "user_id": alice, "active": False}
    assert not here.all("typing")


async def test_a_room_hears_what_is_new_and_nothing_twice(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    for name in ("typing:start", "typing:start", "typing:start"):
        await here.ask(name, {"room_id": room.id})
    await until(lambda: seen(there) == [True])
    for name in ("typing:stop", "typing:stop"):
        await here.ask(name, {"room_id": room.id})
    await until(lambda: seen(there) == [True, False])
    await here.ask("typing:start", {"room_id": room.id})
    await until(lambda: seen(there) == [True, False, True])


async def test_what_changes_within_a_second_is_told_together(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    carol, dave = world.person("carol"), world.person("dave")
    room = world.room(alice, bob, carol, dave)
    devices = [await gateway.device(person) for person in (alice, bob, carol)]
    there = await gateway.device(dave)
    begun = asyncio.get_running_loop().time()
    for _ in range(20):
        for device in devices:
            await device.ask("typing:start", {"room_id": room.id})
        for device in devices:
            await device.ask("typing:stop", {"room_id": room.id})
    for device in devices:
        await device.ask("typing:start", {"room_id": room.id})
    await until(lambda: {told["user_id"]: told["active"] for told in there.all("typing")} == both(devices))
    seconds = asyncio.get_running_loop().time() - begun
    # One at once, and in each second what is otherwise by then.
    assert len(there.all("typing")) <= 1 + len(devices) * (seconds + 1)


def both(devices: list[Device]) -> dict[str, bool]:
    return {device.user_id: True for device in devices}


async def test_whoever_goes_on_typing_is_shown_without_a_break(
    monkeypatch: pytest.MonkeyPatch, gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    monkeypatch.setattr("gateway.presence.typing.TYPING_SECONDS", 1.0)
    monkeypatch.setattr("gateway.presence.typing.REPEAT_SECONDS", 0.2)
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() - begun < 2.5:
        await here.ask("typing:start", {"room_id": room.id})
    assert seen(there) == [True]


@pytest.mark.parametrize(("members", "told"), [(200, True), (201, False)])
async def test_in_a_large_room_nobody_is_told_who_types_or_reads(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str, members: int, told: bool
) -> None:
    crowd = [world.person(f"person {number}") for number in range(members - 2)]
    large, small = world.room(alice, bob, *crowd), world.room(alice, bob)
    here, desk, there = [await gateway.device(person) for person in (alice, alice, bob)]
    for room in (large, small):
        worker.publish(room.send(bob, "hello"))
        await here.has(room.id, [2])
        assert (await here.ask("typing:start", {"room_id": room.id}))["ok"]
        assert (await here.ask("read:mark", {"room_id": room.id, "seq": 2}))["ok"]

    def rooms(device: Device, name: str) -> set[str]:
        return {payload["room_id"] for payload in device.all(name)}

    await until(lambda: small.id in rooms(there, "typing") and small.id in rooms(there, "read"))
    assert (large.id in rooms(there, "typing"), large.id in rooms(there, "read")) == (told, told)
    # One's own position comes to one's other devices, however large the room is.
    await until(lambda: rooms(desk, "read") == {large.id, small.id})


@pytest.mark.usefixtures("quick")
async def test_typing_ends_also_for_somebody_whose_gateway_died(
    gateway: Gateway, world: World, valkey_url: str, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    there = await gateway.device(bob)
    # The last that was heard of the other gateway.
    other = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await other.start()
    signals: list[Any] = [TypingChanged(room_id=room.id, user_id=alice, active=True)]
    other.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode(signals))
    await until(lambda: seen(there) == [True, False])
    await other.close()


async def test_a_stranger_types_nowhere(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice)
    there = await gateway.device(alice)
    intruder = await gateway.device(bob)
    answer = await intruder.ask("typing:start", {"room_id": room.id})
    assert answer["error"]["code"] == "not_found"
    assert not seen(there)
