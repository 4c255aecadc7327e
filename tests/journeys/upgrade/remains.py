"""What remains of an older installation: everything that its own API told, asked again of the program of today."""

import asyncio
import time
from collections import Counter

import pytest

from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json
from tests.journeys.upgrade.old_data import OldData
from tests.journeys.upgrade.returning import TALKED_IN, TALKERS
from tests.journeys.upgrade.snapshot import Room, differences, read_notices, read_person, read_room, whole_list
from tests.journeys.upgrade.story import LATE, LATE_IN, NAMES, READERS

# The oldest account is deactivated, so the next one owns the installation.
DEACTIVATED, OWNER = NAMES[:2]
MOVED_WITHIN_SECONDS = 30.0
ALERTED_WITHIN_SECONDS = 30.0
KNOWN_WITHIN_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.2
REPEATED = 5
# Of what is missing or another.
SHOWN = 5


async def assert_rooms_remain(old: OldData, people: dict[str, Actor]) -> None:
    """Messages, events, pins, threads and members are what they were, and new messages stand behind them."""
    for name, reader in READERS.items():
        recorded = old.expected["rooms"][name]
        told = await read_room(people[reader], old.room_id(name), through=recorded["events"][-1]["seq"])
        assert_none(differences(recorded, as_json(told), at=name))
    told = await read_room(people[LATE], old.room_id(LATE_IN))
    assert_none(differences(old.expected["late"], as_json(told), at=f"{LATE_IN} for {LATE}"))


async def assert_people_remain(old: OldData, people: dict[str, Actor], *, sent: Counter[str]) -> None:
    """Everybody sees their rooms as they did; what has been sent since counts on top, by room."""
    for name, actor in people.items():
        recorded, told = old.expected["people"][name], await read_person(actor)
        for room_id, room in recorded["rooms"].items():
            move(room, by=sent[room_id], talks=name in TALKERS)
        assert_none(differences(recorded, told, at=name))


def move(room: Json, *, by: int, talks: bool) -> None:
    """Count on a recorded room what was sent since; for who talks the checker compares."""
    room["head"] += by
    room["n"] += by
    if not by:
        return
    # Some of it addresses those who were away.
    del room["mentions"]
    if talks:
        del room["unread"], room["read_seq"]
    else:
        room["unread"] += by


async def assert_reactions_are_dated(old: OldData, people: dict[str, Actor]) -> None:
    """Wait until each reaction says since when it stands, which an older version had not kept."""
    for name in TALKED_IN:
        for message_id, emojis in old.expected["rooms"][name]["reactions"].items():
            path = f"/api/rooms/{old.room_id(name)}/messages/{message_id}/reactions"
            for emoji, recorded in emojis.items():
                await until_equal(people[READERS[name]], path, emoji=emoji, recorded=recorded)


async def until_equal(actor: Actor, path: str, *, emoji: str, recorded: list[list[str]]) -> None:
    deadline = time.monotonic() + MOVED_WITHIN_SECONDS
    while True:
        told = sorted([one["user_id"], one["at"]] for one in await whole_list(actor, path, emoji=emoji))
        if told == recorded or time.monotonic() > deadline:
            assert told == recorded, path
            return
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def assert_notices_remain(old: OldData, people: dict[str, Actor]) -> None:
    for name, actor in people.items():
        told = await read_notices(actor)
        for suppressed, recorded in old.expected["notices"][name].items():
            kept = {notice["id"]: notice for notice in told[suppressed]}
            for notice in recorded:
                assert_none(differences(notice, kept.get(notice["id"], {}), at=f"notice {notice['id']} of {name}"))


async def assert_owed_alerts_arrive(old: OldData, people: dict[str, Actor]) -> None:
    """Whom the older version owed an alert when it was stopped, this one tells."""
    owed = {(name, room_id, seq) for name, room_id, seq in old.expected["owed"]}
    deadline = time.monotonic() + ALERTED_WITHIN_SECONDS
    while True:
        told = {(name, *place) for name in {name for name, *_ in owed} for place in await people[name].read_inbox()}
        if owed <= told or time.monotonic() > deadline:
            assert owed - told == set()
            return
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def assert_sends_are_known(old: OldData, people: dict[str, Actor]) -> None:
    """A client that never heard its ack sends again after the upgrade, and is told where its message stands."""
    for room in TALKED_IN:
        for writer in TALKERS:
            own = [
                message
                for message in old.expected["rooms"][room]["messages"]
                if message["sender"] == people[writer].id
                and not message["deleted"]
                and not message["edited_at"]
                and not message["thread"]
                and not message["reply_to"]
            ]
            for message in (*own[:REPEATED], *own[-REPEATED:]):
                sent = {name: message[name] for name in ("room_id", "text", "cid")}
                ack = await send_again(people[writer].devices[0], sent)
                assert (ack["seq"], ack["duplicate"]) == (message["seq"], True)


async def send_again(device: Device, sent: Json) -> Json:
    """Send a message until it is acked, as servers of tests may be slow."""
    deadline = time.monotonic() + KNOWN_WITHIN_SECONDS
    while True:
        try:
            return await device.request("message:send", sent)
        except Refused as refused:
            if not refused.retryable or time.monotonic() > deadline:
                raise
            await asyncio.sleep(ASK_AGAIN_SECONDS)


async def assert_accounts_remain(people: dict[str, Actor], *, url: str) -> None:
    """The oldest account in use owns the installation, and who was deactivated stays out."""
    roles = {name: (await actor.rest.get("/api/users/me"))["role"] for name, actor in people.items()}
    assert roles == dict.fromkeys(people, "member") | {OWNER: "owner"}
    async with Actor(url, DEACTIVATED, known_since=0.0) as gone:
        with pytest.raises(Refused, match="unauthenticated"):
            await gone.log_in()


async def assert_invitation_lets_in(old: OldData, guest: Actor) -> None:
    device = await guest.connect()
    answer = await device.request("room:join", {"invite": old.expected["invite"]}, on_ok=device.rooms.enter)
    assert answer["room"]["id"] == old.room_id(LATE_IN)


def assert_none(found: list[str]) -> None:
    assert not found, "\n".join(found[:SHOWN])


def as_json(room: Room) -> Json:
    """Return it as it is once it was written and read, with lists in place of pairs."""
    return {
        **vars(room),
        "reactions": {
            message_id: {emoji: [list(one) for one in some] for emoji, some in emojis.items()}
            for message_id, emojis in room.reactions.items()
        },
    }
