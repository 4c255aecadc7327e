"""Who has keywords is told to every worker, and told anew where it was lost."""

from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from chatflow.presence.watchers_redis import PEOPLE_PER_CALL, VERSION, WATCHERS, WatcherKeys


@pytest.fixture
async def server(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()
        yield server


@pytest.fixture
async def keys(valkey_url: str) -> AsyncIterator[tuple[WatcherKeys, WatcherKeys]]:
    """Those of who tells, and of who reads."""
    both = WatcherKeys(valkey_url), WatcherKeys(valkey_url)
    yield both
    for one in both:
        await one.close()


@pytest.mark.usefixtures("server")
async def test_what_one_tells_the_other_reads(keys: tuple[WatcherKeys, WatcherKeys]) -> None:
    teller, reader = keys
    crowd = {f"user {number}" for number in range(PEOPLE_PER_CALL + 1)}
    for people in (crowd, {"bob"}, set[str]()):
        await teller.tell(people)
        await reader.read()
        assert reader.user_ids == people


async def test_what_was_lost_is_told_anew_and_meanwhile_what_was_known_counts(
    keys: tuple[WatcherKeys, WatcherKeys], server: redis.asyncio.Redis
) -> None:
    teller, reader = keys
    await teller.tell({"bob"})
    await reader.read()
    await server.flushall()
    await reader.read()
    assert reader.user_ids == {"bob"}

    await teller.tell({"bob"})
    assert await server.get(VERSION) is not None
    version = await server.get(VERSION)
    await teller.tell({"bob"})
    assert await server.get(VERSION) == version


async def test_while_one_of_them_cannot_be_read_what_was_known_counts(
    keys: tuple[WatcherKeys, WatcherKeys], server: redis.asyncio.Redis
) -> None:
    teller, reader = keys
    await teller.tell({"bob"})
    await reader.read()
    await server.sadd(WATCHERS, b"\xff")
    await server.set(VERSION, "another")
    await reader.read()
    assert reader.user_ids == {"bob"}

    await teller.tell({"carol"})
    await reader.read()
    assert reader.user_ids == {"carol"}


async def writes(server: redis.asyncio.Redis) -> int:
    commands = await server.info("commandstats")
    return int(commands.get("cmdstat_sadd", {}).get("calls", 0))


async def test_several_that_tell_the_same_write_it_once(
    keys: tuple[WatcherKeys, WatcherKeys], server: redis.asyncio.Redis
) -> None:
    before = await writes(server)
    for _ in range(3):
        for one in keys:
            await one.tell({"carol", "bob"})
    assert await writes(server) == before + 1


async def test_people_that_were_lost_alone_are_told_anew(
    keys: tuple[WatcherKeys, WatcherKeys], server: redis.asyncio.Redis
) -> None:
    teller, reader = keys
    await teller.tell({"bob"})
    await server.delete(WATCHERS)
    await reader.read()
    assert reader.user_ids == frozenset()
    await teller.tell({"bob"})
    await reader.read()
    assert reader.user_ids == {"bob"}


async def test_while_redis_is_away_what_was_known_counts() -> None:
    away = WatcherKeys("redis://127.0.0.1:1/0")
    away.user_ids = frozenset({"bob"})
    await away.read()
    await away.tell({"carol"})
    assert away.user_ids == {"bob"}
    await away.close()
