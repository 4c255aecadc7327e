"""Floods of one person, who does all that the limits allow as they come: nobody else waits for it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from chatflow.process.settings import PREFIX, Settings
from tests.actors import Actor
from tests.journeys.conftest import Invite
from tests.journeys.system import System, open_system
from tests.security.stranger import RawSocket

LIMITS_AS_THEY_COME = ("sends_per_second", "reads_per_second", "signals_per_second", "packets_per_second")
SOCKETS = 4
AT_ONCE = 490
ROOMS = 500
PEOPLE = 500
PINGING_SECONDS = 2.0
# Reading a flood takes its time, also where most of it is refused; one that is let through is several times this.
TIMES_AS_LATE_AT_MOST = 40
# Below this a ping is as long as our own side takes to be woken.
QUICK_SECONDS = 0.002


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    settings = {f"{PREFIX}{name.upper()}": str(getattr(Settings(), name)) for name in LIMITS_AS_THEY_COME}
    with open_system(tmp_path_factory.mktemp("limited"), settings=settings) as system:
        yield system


@asynccontextmanager
async def sockets_of(person: Actor, url: str, *, count: int) -> AsyncIterator[list[RawSocket]]:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(RawSocket(url)) for _ in range(count)]
        for socket in sockets:
            await socket.sign_in(await person.access_token())
            await socket.read_until('42["ready"')
        yield sockets


async def ping_seconds(bystander: RawSocket) -> float:
    """Ask for so long, one ping after the other; return what all but one in twenty take at most."""
    taken = []
    end = time.monotonic() + PINGING_SECONDS
    while time.monotonic() < end:
        begun = time.monotonic()
        assert (await bystander.ask("ping:app", {}))["ok"]
        taken.append(time.monotonic() - begun)
        # Within the allowance of whoever pings.
        await asyncio.sleep(0.04)
    return sorted(taken)[int(0.95 * len(taken))]


async def flood(sockets: list[RawSocket], events: list[str]) -> None:
    """Say it all without a look at the answers."""
    for number, event in enumerate(events):
        await sockets[number % len(sockets)].say(f"42{number}{event}")


async def later_by(bystander: RawSocket, sockets: list[RawSocket], events: list[str]) -> float:
    """Return how many times as long as before a ping takes under the flood."""
    before = await ping_seconds(bystander)
    flooding = asyncio.create_task(flood(sockets, events))
    await asyncio.sleep(0)
    during = await ping_seconds(bystander)
    await flooding
    return during / max(before, QUICK_SECONDS)


async def test_a_flood_of_syncs_keeps_nobody_waiting(invite: Invite, url: str) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    async with sockets_of(bob, url, count=1) as [bystander], sockets_of(alice, url, count=SOCKETS) as sockets:
        rooms = [str((await create_room(sockets[0]))["room"]["id"]) for _ in range(ROOMS)]
        sync = json.dumps(["room:sync", {"rooms": dict.fromkeys(rooms, 10**9)}])
        assert await later_by(bystander, sockets, [sync] * AT_ONCE) < TIMES_AS_LATE_AT_MOST


async def test_a_flood_of_looks_at_people_keeps_nobody_waiting(invite: Invite, url: str) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    watches = [
        json.dumps(["presence:watch", {"user_ids": [str(uuid4()) for _ in range(PEOPLE)]}]) for _ in range(AT_ONCE)
    ]
    async with sockets_of(bob, url, count=1) as [bystander], sockets_of(alice, url, count=SOCKETS) as sockets:
        assert await later_by(bystander, sockets, watches) < TIMES_AS_LATE_AT_MOST


async def create_room(socket: RawSocket) -> Any:
    return await socket.ask("room:create", {"cid": str(uuid4()), "kind": "channel", "name": "r", "private": True})
