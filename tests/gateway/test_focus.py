"""What a device shows, as those who would alert its person see it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from chatflow.focus_redis import FocusKeys, looks_key, member_of
from chatflow.leases import LeaseKeeper, LeaseTable, new_lease
from tests.gateway.conftest import Gateway
from tests.gateway.world import World


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
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.focus.RENEW_SECONDS", 0.05)


async def test_what_people_looked_at_by_a_gateway_that_died_ends_with_its_lease(
    gateway: Gateway, valkey_url: str, keys: FocusKeys, alice: str
) -> None:
    look = ("room", alice)
    lease = LeaseKeeper(valkey_url, kind="gateway", lease=new_lease("g9-0a1b2c"))
    await lease.start()
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.sadd(looks_key("g9-0a1b2c"), member_of(look))
    await true(look, keys)
    await lease.release()
    await gone(look, keys)


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


async def true(look: tuple[str, str], keys: FocusKeys) -> None:
    async with asyncio.timeout(5.0):
        while not await keys.among([look]):
            continue


async def gone(look: tuple[str, str], keys: FocusKeys) -> None:
    async with asyncio.timeout(5.0):
        while await keys.among([look]):
            continue
