"""People come back to an installation that is being upgraded: they sign in as soon as it listens, and talk at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.actors import Actor, ConnectionLost
from tests.checker.history import HistoryWriter
from tests.faults.traffic import Style, Traffic
from tests.journeys.upgrade.old_data import OldData
from tests.journeys.upgrade.story import ABSENT

TALKERS = ("ada", "민서", "jihun")
TALKED_IN = ("harbour", "한국어")
LISTENS_WITHIN_SECONDS = 120.0
ASK_AGAIN_SECONDS = 0.05
# Somebody is always speaking. The servers of tests write slowly, and there people take their time.
STYLE = Style(burst_at_most=3, pause_seconds=0.4, visitors=0, read_every_seconds=1.0, alerts=0.05)
CALM = Style(
    devices=(("phone", "python", "websocket"),),
    burst_at_most=2,
    pause_seconds=2.0,
    visitors=0,
    read_every_seconds=5.0,
    alerts=0.05,
)


@dataclass(frozen=True)
class Returned:
    """Everybody who is still there, by name, and the talk of those who talk."""

    people: dict[str, Actor]
    traffic: Traffic


@asynccontextmanager
async def people_return(
    old: OldData, url: str, writer: HistoryWriter, *, style: Style, keeps_connections: bool
) -> AsyncIterator[Returned]:
    async with AsyncExitStack() as stack:
        people = {}
        for name in old.expected["people"]:
            actor = Actor(
                url, name, writer=writer, keeps_connections=keeps_connections, known_since=old.expected["recorded_at"]
            )
            people[name] = await stack.enter_async_context(actor)
        await asyncio.gather(*(sign_in(actor) for actor in people.values()))
        traffic = Traffic(writer, seed=1, style=style)
        await traffic.return_to(
            [old.room_id(name) for name in TALKED_IN], [people[name] for name in TALKERS], absent=people[ABSENT]
        )
        yield Returned(people, traffic)


async def sign_in(actor: Actor) -> None:
    """Sign in with the password of then, as soon as anybody listens."""
    deadline = time.monotonic() + LISTENS_WITHIN_SECONDS
    while True:
        try:
            await actor.log_in()
            return
        except ConnectionLost:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(ASK_AGAIN_SECONDS)
