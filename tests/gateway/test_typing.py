"""Typing: seen by the others in the room, and over when whoever typed stops, goes silent, or is gone with a gateway."""

from typing import Any

import msgspec
import pytest

from chatflow.bus import open_bus
from chatflow.settings import Settings
from chatflow.wire.bus import SIGNALS_CHANNEL, TypingChanged
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway
from tests.gateway.world import World


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.typists.TYPING_SECONDS", 0.3)


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


async def test_who_stops_is_told_of_once(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    for name in ("typing:start", "typing:start", "typing:stop", "typing:stop"):
        await here.ask(name, {"room_id": room.id})
    await here.ask("typing:start", {"room_id": room.id})
    await until(lambda: seen(there) == [True, True, False, True])


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
