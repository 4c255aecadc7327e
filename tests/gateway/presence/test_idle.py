"""Idle people cost Redis and message_service no periodic work, however many they are."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from chatflow.bus.opening import open_bus
from chatflow.process.settings import Settings
from chatflow.wire.bus import EVENTS_CHANNEL
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway
from tests.gateway.world import World

CROWD = 500
AT_ONCE = 25


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is periodic comes often, so that a short time shows it."""
    for where in (
        "presence.presence.RENEW_SECONDS",
        "presence.focus.RENEW_SECONDS",
        "rooms.list_versions.COMPARE_SECONDS",
    ):
        monkeypatch.setattr(f"gateway.{where}", 0.25)


class Watch:
    """Counts what Redis and message_service are asked while a worker's heart beats so often."""

    def __init__(self, gateway: Gateway, server: redis.asyncio.Redis) -> None:
        self._gateway = gateway
        self._server = server
        self._beats = 0

    def on_beat(self, _: bytes) -> None:
        self._beats += 1

    async def count(self, *, beats: int) -> tuple[int, int]:
        """Return commands of Redis and calls of services."""
        commands, calls, end = await self._commands(), self._calls(), self._beats + beats
        await until(lambda: self._beats >= end, within_seconds=30.0)
        return await self._commands() - commands, self._calls() - calls

    async def _commands(self) -> int:
        return sum(found["calls"] for found in (await self._server.info("commandstats")).values())

    def _calls(self) -> int:
        return sum(self._gateway.services.calls.values())


@pytest.fixture
async def watch(gateway: Gateway, valkey_url: str) -> AsyncIterator[Watch]:
    bus = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await bus.start()
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        watch = Watch(gateway, server)
        await bus.subscribe(EVENTS_CHANNEL.format(worker_id="w1"), watch.on_beat)
        yield watch
    await bus.close()


async def settle(gateway: Gateway, world: World, *people: str) -> None:
    """Let these people come, look at a room, and watch somebody; then they do nothing."""

    async def come(user_id: str) -> Device:
        device = await gateway.device(user_id)
        assert (await device.ask("focus", {"room_id": room.id}))["ok"]
        assert (await device.ask("presence:watch", {"user_ids": [people[0], user_id]}))["ok"]
        return device

    room = world.room(*people)
    for start in range(0, len(people), AT_ONCE):
        await asyncio.gather(*map(come, people[start : start + AT_ONCE]))


@pytest.mark.usefixtures("quick")
async def test_what_idle_people_cost_does_not_depend_on_how_many_they_are(
    gateway: Gateway, world: World, watch: Watch
) -> None:
    few = [world.person(f"person {number}") for number in range(5)]
    crowd = [world.person(f"somebody {number}") for number in range(CROWD)]
    await settle(gateway, world, *few)
    await watch.count(beats=10)
    commands_of_few, calls_of_few = await watch.count(beats=15)

    await settle(gateway, world, *crowd)
    await watch.count(beats=10)
    commands_of_many, calls_of_many = await watch.count(beats=15)

    assert (calls_of_few, calls_of_many) == (0, 0)
    # A leap of the clock or a slow machine may bring a renewal more; a command for each would be thousands.
    assert commands_of_many < 1.5 * commands_of_few + 20
