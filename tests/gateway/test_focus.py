"""What a device shows, as those who would alert its person see it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatflow.focus_redis import FocusKeys
from tests.gateway.conftest import Gateway
from tests.gateway.world import World


@pytest.fixture
async def keys(valkey_url: str) -> AsyncIterator[FocusKeys]:
    keys = FocusKeys(valkey_url)
    yield keys
    await keys.close()


async def test_a_person_looks_at_a_room_for_as_long_as_one_of_their_devices_shows_it(
    gateway: Gateway, world: World, keys: FocusKeys, alice: str, bob: str
) -> None:
    room, other = world.room(alice, bob), world.room(alice)
    phone, desk = await gateway.device(alice), await gateway.device(alice)
    looks = [(room.id, alice), (other.id, alice), (room.id, bob)]

    await phone.ask("focus", {"room_id": room.id})
    await desk.ask("focus", {"room_id": room.id})
    assert await keys.among(looks) == {(room.id, alice)}

    await phone.ask("focus", {"room_id": other.id})
    assert await keys.among(looks) == {(room.id, alice), (other.id, alice)}

    await desk.ask("focus", {"room_id": None})
    assert await keys.among(looks) == {(other.id, alice)}


async def test_a_device_that_is_gone_shows_nothing(gateway: Gateway, world: World, keys: FocusKeys, alice: str) -> None:
    room = world.room(alice)
    phone = await gateway.device(alice)
    await phone.ask("focus", {"room_id": room.id})
    await phone.client.disconnect()
    await gone((room.id, alice), keys)


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.focus.RENEW_SECONDS", 0.05)
    monkeypatch.setattr("chatflow.focus_redis.FOCUS_SECONDS", 0.5)


@pytest.mark.usefixtures("short_looks")
async def test_a_look_ends_by_itself_unless_it_is_renewed(
    keys: FocusKeys, gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    await (await gateway.device(alice)).ask("focus", {"room_id": room.id})
    await keys.keep([(room.id, bob)])

    await gone((room.id, bob), keys)

    assert await keys.among([(room.id, alice)]) == {(room.id, alice)}


async def gone(look: tuple[str, str], keys: FocusKeys) -> None:
    async with asyncio.timeout(5.0):
        while await keys.among([look]):
            continue
