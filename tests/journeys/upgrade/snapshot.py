"""What the API tells of an installation: taken of the old program when its data was made, and of the new one after it.

What the log says of a message and what a person reads of it are kept once each: events without the messages in them.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from tests.actors import Actor, Refused
from tests.actors.answers import Json

MESSAGES = 200
EVENTS = 1000
OTHERS = 100
ANSWERED_WITHIN_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True)
class Room:
    """One room as somebody sees it who was in it from the start."""

    messages: list[Json]
    events: list[Json]
    pins: list[Json]
    members: list[Json]
    # The replies by the message that they answer.
    threads: dict[str, list[str]]
    # When each person put each emoji on a message that has some.
    reactions: dict[str, dict[str, list[tuple[str, str]]]]


async def read_room(actor: Actor, room_id: str, *, through: int = 2**53) -> Room:
    """Read everything up to a seq, page by page."""
    path = f"/api/rooms/{room_id}"
    messages = [one async for one in by_seq(actor, f"{path}/messages", limit=MESSAGES, through=through)]
    events = [one async for one in by_seq(actor, f"{path}/events", limit=EVENTS, through=through)]
    roots = sorted({message["thread"] for message in messages if message.get("thread")})
    return Room(
        messages=messages,
        events=[{name: value for name, value in event.items() if name != "message"} for event in events],
        pins=[pin["id"] for pin in await whole_list(actor, f"{path}/pins")],
        members=sorted(await whole_list(actor, f"{path}/members"), key=lambda member: str(member["user_id"])),
        threads={
            root: [
                one["id"]
                async for one in by_seq(actor, f"{path}/messages/{root}/thread", limit=MESSAGES, through=through)
            ]
            for root in roots
        },
        reactions=added(events, messages),
    )


def added(events: list[Json], messages: list[Json]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Return who reacts to what, and since when by the log, of reactions that still stand."""
    since: dict[tuple[str, str, str], str] = {}
    for event in events:
        if event["type"] == "reaction.added":
            since[event["id"], event["emoji"], event["actor"]] = event["at"]
    return {
        message["id"]: {
            reaction["emoji"]: sorted(
                (user_id, since[message["id"], reaction["emoji"], user_id]) for user_id in reaction["user_ids"]
            )
            for reaction in message["reactions"]
        }
        for message in messages
        if message.get("reactions")
    }


async def by_seq(actor: Actor, path: str, *, limit: int, through: int) -> AsyncIterator[Json]:
    after = 0
    while True:
        page = await ask(actor, path, after=after, limit=limit)
        for item in page["items"]:
            if item["seq"] > through:
                return
            yield item
        if not page["items"]:
            return
        after = page["items"][-1]["seq"]


async def whole_list(actor: Actor, path: str, **query: Any) -> list[Json]:
    """Follow `next` to the end of a list."""
    items: list[Json] = []
    cursor: str | None = None
    while True:
        page = await ask(actor, path, limit=OTHERS, cursor=cursor, **query)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


async def read_person(actor: Actor) -> Json:
    """Read what is one person's own: the profile, and the rooms as they see them."""
    rooms = await whole_list(actor, "/api/rooms")
    return {
        "me": await ask(actor, "/api/users/me"),
        "rooms": {room["id"]: await ask(actor, f"/api/rooms/{room['id']}") for room in rooms},
    }


async def read_notices(actor: Actor) -> dict[str, list[Json]]:
    return {
        suppressed: await whole_list(actor, "/api/notifications", suppressed=suppressed)
        for suppressed in ("false", "true")
    }


async def ask(actor: Actor, path: str, **query: Any) -> Json:
    """Read, and ask again where a server of tests was too slow."""
    deadline = time.monotonic() + ANSWERED_WITHIN_SECONDS
    while True:
        try:
            await actor.access_token()
            return await actor.rest.get(path, **query)
        except Refused as refused:
            if not refused.retryable or time.monotonic() > deadline:
                raise
            await asyncio.sleep(ASK_AGAIN_SECONDS)


def differences(recorded: Any, told: Any, *, at: str = "") -> list[str]:
    """Return where something that was recorded is missing or another; what is told beyond it is a newer version's."""
    match recorded, told:
        case dict(), dict():
            return [
                line
                for name, value in recorded.items()
                for line in (
                    differences(value, told[name], at=f"{at}.{name}") if name in told else [f"{at}.{name} is missing"]
                )
            ]
        case list(), list() if len(recorded) == len(told):
            return [
                line
                for number, (one, other) in enumerate(zip(recorded, told, strict=True))
                for line in differences(one, other, at=f"{at}[{number}]")
            ]
        case list(), list():
            return [f"{at} has {len(told)} items, not {len(recorded)}"]
    return [] if recorded == told else [f"{at} is {told!r}, not {recorded!r}"]
