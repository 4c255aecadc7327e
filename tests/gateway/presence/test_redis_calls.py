"""A gateway makes no call to Redis whose cost grows with everything in Redis."""

import asyncio

import redis.asyncio

from tests.gateway.conftest import Gateway

LOOKS_THROUGH_ALL_KEYS = {"cmdstat_scan", "cmdstat_keys", "cmdstat_randomkey", "cmdstat_dbsize"}


async def test_a_gateway_never_looks_through_all_keys(valkey_url: str, gateway: Gateway, alice: str, bob: str) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.config_resetstat()
        room = gateway.world.room(alice, bob)
        device = await gateway.device(alice)
        await device.ask("presence:watch", {"user_ids": [bob]})
        await device.ask("focus", {"room_id": room.id})
        # So often that leases have been looked at again and again.
        asked: dict[str, dict[str, int]] = {}
        deadline = asyncio.get_running_loop().time() + 10.0
        while asked.get("cmdstat_zrange", {}).get("calls", 0) < 8:
            assert asyncio.get_running_loop().time() < deadline
            asked = await server.info("commandstats")

    assert not asked.keys() & LOOKS_THROUGH_ALL_KEYS
