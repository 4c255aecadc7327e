"""Who is here and who has a room in focus, by the sets of those gateways that live."""

from collections.abc import AsyncIterator

import msgspec
import pytest
import redis.asyncio

from chatflow.presence.focus_redis import FocusKeys, focus_key, member_of
from chatflow.presence.keys_redis import PEOPLE_PER_QUESTION, Choice, Found, PresenceKeys, people_key, status_key

LIVING = ["g1-000001", "g2-000002"]
DEAD = "g3-000003"


@pytest.fixture
async def server(valkey_url: str) -> AsyncIterator[redis.asyncio.Redis]:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()
        yield server


@pytest.fixture
async def presence(valkey_url: str) -> AsyncIterator[PresenceKeys]:
    presence = PresenceKeys(valkey_url, gateways=lambda: LIVING)
    yield presence
    await presence.close()


async def test_who_is_at_a_living_gateway_is_here(server: redis.asyncio.Redis, presence: PresenceKeys) -> None:
    await server.sadd(people_key(LIVING[0]), "alice")
    await server.sadd(people_key(LIVING[1]), "alice", "bob")
    await server.sadd(people_key(DEAD), "carol")
    assert await presence.find(["alice", "bob", "carol", "dave"]) == Found(
        here=frozenset({"alice", "bob"}), do_not_disturb=frozenset()
    )
    assert await presence.find([]) == Found(frozenset(), frozenset())


async def test_what_people_chose_counts(server: redis.asyncio.Redis, presence: PresenceKeys) -> None:
    people = ["alice", "bob", "carol"]
    await server.sadd(people_key(LIVING[0]), *people)
    await server.set(status_key("alice"), msgspec.json.encode(Choice("invisible")))
    await server.set(status_key("bob"), msgspec.json.encode(Choice("dnd")))
    assert await presence.find(people) == Found(here=frozenset({"bob", "carol"}), do_not_disturb=frozenset({"bob"}))


@pytest.mark.parametrize(
    ("value", "do_not_disturb"),
    [
        (b"\xff", {"bob"}),
        (b"<html>", {"bob"}),
        (b'{"status": "\xff"}', {"bob"}),
        (b'{"status": 7}', {"bob"}),
        (b'{"status": "dnd", "until": 1}', {"alice", "bob"}),
    ],
)
async def test_a_choice_that_cannot_be_read_is_none_and_a_newer_one_is_read(
    valkey_url: str, value: bytes, do_not_disturb: set[str]
) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.set("status:alice", value)
        await server.set("status:bob", b'{"status": "dnd"}')
    keys = PresenceKeys(valkey_url, gateways=lambda: ["g1"])
    found = await keys.find(["alice", "bob"])
    await keys.close()

    assert found == Found(here=frozenset(), do_not_disturb=frozenset(do_not_disturb))


async def test_many_are_asked_for_in_few_commands(server: redis.asyncio.Redis, presence: PresenceKeys) -> None:
    people = [f"person {number}" for number in range(10 * PEOPLE_PER_QUESTION)]
    await server.sadd(people_key(LIVING[1]), *people[::2])
    await server.config_resetstat()
    assert (await presence.find(people)).here == set(people[::2])
    stats = await server.info("commandstats")
    assert (stats["cmdstat_smismember"]["calls"], stats["cmdstat_mget"]["calls"]) == (20, 10)


@pytest.mark.usefixtures("server")
async def test_where_no_gateway_is_known_everybody_is_told(valkey_url: str) -> None:
    presence = PresenceKeys(valkey_url, gateways=list)
    assert await presence.find(["alice"]) == Found(here=frozenset({"alice"}), do_not_disturb=frozenset())
    await presence.close()
    focus = FocusKeys(valkey_url, gateways=list)
    assert await focus.among([("room", "alice")]) == set()
    await focus.close()


async def test_where_redis_does_not_answer_everybody_is_told() -> None:
    nowhere = "redis://127.0.0.1:1"
    presence, focus = PresenceKeys(nowhere, gateways=lambda: LIVING), FocusKeys(nowhere, gateways=lambda: LIVING)
    assert await presence.find(["alice"]) == Found(here=frozenset({"alice"}), do_not_disturb=frozenset())
    assert await focus.among([("room", "alice")]) == set()
    await presence.close()
    await focus.close()


async def test_a_room_in_focus_at_a_living_gateway_is_in_focus(server: redis.asyncio.Redis, valkey_url: str) -> None:
    pairs = [("room", "alice"), ("room", "bob"), ("other", "alice"), ("room", "carol")]
    await server.sadd(focus_key(LIVING[0]), member_of(pairs[0]))
    await server.sadd(focus_key(LIVING[1]), member_of(pairs[1]))
    await server.sadd(focus_key(DEAD), member_of(pairs[3]))
    focus = FocusKeys(valkey_url, gateways=lambda: LIVING)
    assert await focus.among(pairs) == set(pairs[:2])
    await focus.close()
