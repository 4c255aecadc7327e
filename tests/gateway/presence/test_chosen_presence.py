"""How people wish to appear: for all their devices, and for longer than Redis remembers."""

import asyncio

import redis.asyncio

from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway


async def test_what_one_device_chooses_holds_for_all_of_them(gateway: Gateway, alice: str, bob: str) -> None:
    watcher, phone, desk = [await gateway.device(person) for person in (alice, bob, bob)]
    await phone.ask("presence:set", {"status": "away"})
    await phone.client.disconnect()
    assert (await watcher.ask("presence:watch", {"user_ids": [bob]}))["presence"][bob] == {"status": "away"}
    await desk.client.disconnect()
    await until(lambda: [told["status"] for told in watcher.all("presence")] == ["offline"])
    assert watcher.all("presence")[0]["last_seen"]


async def test_an_older_client_that_sends_a_text_with_it_is_answered_as_ever(gateway: Gateway, alice: str) -> None:
    device = await gateway.device(alice)
    assert (await device.ask("presence:set", {"status": "away", "text": "out for lunch"}))["ok"]
    answer = await device.ask("presence:watch", {"user_ids": [alice]})
    assert answer["presence"][alice] == {"status": "away"}


async def test_what_people_chose_outlives_the_loss_of_all_that_redis_holds(
    gateway: Gateway, second: Gateway, valkey_url: str, alice: str, bob: str
) -> None:
    carol = gateway.world.person("carol")
    watcher, hidden, phone, desk = [
        await place.device(person)
        for place, person in ((gateway, alice), (second, carol), (gateway, bob), (second, bob))
    ]
    await watcher.ask("presence:watch", {"user_ids": [bob, carol]})
    await hidden.ask("presence:set", {"status": "invisible"})
    await phone.ask("presence:set", {"status": "away"})
    await desk.ask("presence:set", {"status": "dnd"})
    await until(lambda: [told["status"] for told in watcher.all("presence") if told["user_id"] == bob][-1:] == ["dnd"])
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.flushall()
    async with asyncio.timeout(3.0):
        assert await watcher.sees(bob, "dnd") == {"status": "dnd"}

    await watcher.ask("presence:watch", {"user_ids": []})
    shown = (await watcher.ask("presence:watch", {"user_ids": [bob, carol]}))["presence"]
    assert shown[carol]["status"] == "offline"
    assert {told["status"] for told in watcher.all("presence") if told["user_id"] == carol} == {"offline"}
