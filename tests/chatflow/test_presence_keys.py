"""Who is here, asked by a service that only reads: what cannot be read keeps nobody else from being found."""

import pytest
import redis.asyncio

from chatflow.presence_keys import Found, PresenceKeys


@pytest.mark.parametrize(
    ("value", "undisturbed"),
    [
        (b"\xff", {"bob"}),
        (b"<html>", {"bob"}),
        (b'{"status": "\xff"}', {"bob"}),
        (b'{"status": 7}', {"bob"}),
        (b'{"status": "dnd", "until": 1}', {"alice", "bob"}),
    ],
)
async def test_a_choice_that_cannot_be_read_is_none_and_a_newer_one_is_read(
    valkey_url: str, value: bytes, undisturbed: set[str]
) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.set("status:alice", value)
        await server.set("status:bob", b'{"status": "dnd"}')
    keys = PresenceKeys(valkey_url, gateways=lambda: ["g1"])
    found = await keys.find(["alice", "bob"])
    await keys.close()

    assert found == Found(here=frozenset(), undisturbed=frozenset(undisturbed))
