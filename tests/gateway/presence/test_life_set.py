"""The next renewal finds what Redis lacks of a gateway's set, and what it has too much."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio

from chatflow.errors import Unavailable
from gateway.presence.life_set_redis import LifeSet

KEY = "looks:g1-0a1b2c"


@pytest.fixture
async def server(valkey_url: str) -> AsyncIterator[Any]:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()
        yield server
        await server.acl_setuser("default", enabled=True, categories=["+@all"])


async def refuse(server: Any, command: str) -> None:
    await server.acl_setuser("default", enabled=True, commands=[f"-{command}"])


async def allow(server: Any, command: str) -> None:
    await server.acl_setuser("default", enabled=True, commands=[f"+{command}"])


async def make_true(true: set[str], members: LifeSet) -> None:
    """What a gateway does every few seconds."""
    await members.renew()
    if true != members.written:
        await members.change(add=true - members.written, remove=members.written - true)


async def test_a_removal_that_failed_is_made_up_for(server: Any) -> None:
    members = LifeSet(server, KEY)
    await members.change(add=["alice", "bob"])
    await refuse(server, "srem")
    with pytest.raises(Unavailable):
        await members.change(remove=["alice"])
    await allow(server, "srem")
    await make_true({"bob"}, members)
    assert await server.smembers(KEY) == {b"bob"}


async def test_what_failed_is_made_up_for_also_where_nothing_else_is_true(server: Any) -> None:
    members = LifeSet(server, KEY)
    await members.change(add=["alice"])
    await refuse(server, "srem")
    with pytest.raises(Unavailable):
        await members.change(remove=["alice"])
    await allow(server, "srem")
    await make_true(set(), members)
    assert await server.smembers(KEY) == set()


@pytest.mark.parametrize("known", [set(), {"bob"}])
async def test_what_redis_has_too_much_goes_and_nothing_else_is_written(server: Any, known: set[str]) -> None:
    members = LifeSet(server, KEY)
    await members.change(add=known)
    await server.sadd(KEY, "stale")
    await members.renew()
    assert members.written == {*known, "stale"}
    await make_true(known, members)
    assert {member.decode() for member in await server.smembers(KEY)} == known


async def test_what_redis_has_lost_is_written_again_alone(server: Any) -> None:
    members = LifeSet(server, KEY)
    await members.change(add=["alice", "bob"])
    await server.srem(KEY, "alice")
    await members.renew()
    assert members.written == {"bob"}


async def test_an_addition_that_failed_is_made_up_for(server: Any) -> None:
    members = LifeSet(server, KEY)
    await refuse(server, "sadd")
    with pytest.raises(Unavailable):
        await members.change(add=["alice"])
    await allow(server, "sadd")
    await make_true({"alice"}, members)
    assert await server.smembers(KEY) == {b"alice"}
