"""Personal settings in a room: all devices of the person know them, nobody else does, and alerts obey them."""

from typing import Any

import pytest

from tests.actors import Device, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)


def told(device: Device, name: str, room_id: str) -> list[object]:
    return [data for packet, data in device.packets if packet == name and data.get("room_id") == room_id]


async def refusal(device: Device, event: str, payload: Json) -> str:
    with pytest.raises(Refused) as refused:
        await device.request(event, payload)
    return refused.value.code


async def test_a_level_is_told_to_ones_other_devices_and_kept(invite: Invite) -> None:
    alice = await invite("alice")
    phone, desk = await alice.connect("phone"), await alice.connect("desk")
    room_id = await phone.create_room("quiet")
    await desk.is_told("room:added")

    await phone.request("room:notify", {"room_id": room_id, "level": "mentions", "muted_until": "2030-01-01T00:00:00Z"})

    notify = {"level": "mentions", "muted_until": "2030-01-01T00:00:00Z"}
    await desk.is_told("room:mine", room_id=room_id, notify=notify)
    [listed] = (await alice.rest.get("/api/rooms"))["items"]
    assert listed["notify"] == notify
    await desk.disconnect()
    assert [room["notify"] for room in (await desk.connect())["rooms"]] == [notify]
    assert told(phone, "room:mine", room_id) == []


async def test_where_a_room_stands_in_ones_list_is_told_to_ones_other_devices_and_kept(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, desk, bobs_phone = await alice.connect("phone"), await alice.connect("desk"), await bob.connect()
    room_id = await phone.create_room("quiet", members=[bob.id])
    await desk.is_told("room:added")
    await bobs_phone.is_told("room:added")

    async def put(**place: Any) -> None:
        await phone.request("room:mine:set", {"room_id": room_id, **place})

    await put(favourite=True)
    await desk.is_told("room:mine", room_id=room_id, favourite=True)
    await put(section=" 일  work ")
    await desk.is_told("room:mine", room_id=room_id, section="일 work")
    [listed] = (await alice.rest.get("/api/rooms"))["items"]
    assert (listed["favourite"], listed["section"]) == (True, "일 work")
    assert (await alice.rest.get(f"/api/rooms/{room_id}"))["section"] == "일 work"
    await put(section=None)
    await desk.is_told("room:mine", room_id=room_id, section=None)
    await desk.disconnect()
    [shown] = (await desk.connect())["rooms"]
    assert (shown["favourite"], shown.get("section")) == (True, None)
    assert told(phone, "room:mine", room_id) == told(bobs_phone, "room:mine", room_id) == []
    for wrong in ({}, {"section": "\u200b"}, {"section": "s" * 65}, {"section": ""}, {"favourite": None}):
        assert await refusal(phone, "room:mine:set", {"room_id": room_id, **wrong}) == "invalid"


async def test_who_wants_no_notices_of_a_room_gets_none(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    loud, silent = await phone.create_room("loud"), await phone.create_room("silent")
    for room_id in (loud, silent):
        await bobs_phone.join(room_id)
    await bobs_phone.request("room:notify", {"room_id": silent, "level": "none"})

    for room_id in (silent, loud):
        await phone.send(room_id, f"<@{bob.id}> look")

    await bobs_phone.is_told("notice", room_id=loud, kind="mention")
    assert told(bobs_phone, "notice", silent) == []


async def test_whoever_follows_a_thread_is_told_of_it_until_they_unfollow(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    carols_phone, carols_desk = await carol.connect("phone"), await carol.connect("desk")
    room_id = await phone.create_room("threads")
    for device in (bobs_phone, carols_phone):
        await device.join(room_id)
    root = await phone.send(room_id, "root")
    thread = {"room_id": room_id, "id": root["id"]}

    await carols_phone.request("thread:follow", thread)
    await carols_desk.is_told("room:mine", room_id=room_id, threads={root["id"]: True})
    heard = await bobs_phone.send(room_id, "one", thread=root["id"])
    await carols_phone.is_told("notice", kind="thread", seq=heard["seq"])

    await carols_phone.request("thread:unfollow", thread)
    await bobs_phone.send(room_id, "two", thread=root["id"])
    last = await bobs_phone.send(room_id, f"<@{carol.id}> three")
    await carols_phone.is_told("notice", kind="mention", seq=last["seq"])
    assert len(told(carols_phone, "notice", room_id)) == 2


async def test_an_inbox_is_the_same_on_all_devices_and_what_is_done_leaves_it(invite: Invite) -> None:
    alice, bob, mallory = await invite("alice"), await invite("bob"), await invite("mallory")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("inbox")
    await bobs_phone.join(room_id)
    root = await bobs_phone.send(room_id, "what?")
    call = await phone.send(room_id, f"<@{bob.id}>")
    reply = await phone.send(room_id, "that", thread=root["id"], reply_to=root["id"])

    async def inbox(**query: str) -> list[tuple[str, str, int]]:
        return [(one["kind"], one["why"], one["seq"]) for one in (await bob.rest.get("/api/inbox", **query))["items"]]

    newest = reply["seq"]
    assert sorted(await inbox()) == [
        ("mention", "mention", call["seq"]), ("mention", "reply", newest), ("thread", "thread", newest),
        ("unread", "unread", newest),
    ]  # fmt: skip
    place = {"room_id": room_id, "seq": call["seq"]}
    for other in (mallory, alice):
        await other.rest.post("/api/inbox/done", {"items": [place]})
    assert ("mention", "mention", call["seq"]) in await inbox(kind="mention")

    for _ in range(2):
        await bob.rest.post("/api/inbox/done", {"items": [place]})
    await bobs_phone.is_told("room:mine", room_id=room_id, done=[call["seq"]])
    await bob.rest.post("/api/inbox/done", {"items": [{"room_id": room_id, "seq": newest, "kind": "thread"}]})
    await bobs_phone.is_told("room:mine", room_id=room_id, threads_read={root["id"]: reply["n"]})
    assert sorted(await inbox()) == [("mention", "reply", newest), ("unread", "unread", newest)]
    [room] = (await bob.rest.get("/api/rooms"))["items"]
    assert (room["read_seq"], room["mentions"]) == (root["seq"], 1)

    await bob.rest.post("/api/inbox/done", {"items": [{"room_id": room_id, "seq": newest, "kind": "unread"}]})
    await bobs_phone.is_told("read", room_id=room_id, positions={bob.id: newest})
    assert await inbox() == []
    assert (await mallory.rest.get("/api/inbox"))["items"] == []
    await phone.send(room_id, f"<@{bob.id}> once more")
    await phone.request("room:kick", {"room_id": room_id, "user_id": bob.id})
    assert await inbox() == []
    for wrong in (
        {"room_id": "x", "seq": 1},
        {"room_id": room_id, "seq": -1},
        {"room_id": room_id, "seq": 1, "kind": "all"},
    ):
        with pytest.raises(Refused) as refused:
            await bob.rest.post("/api/inbox/done", {"items": [wrong]})
        assert refused.value.code == "invalid"


async def test_a_stranger_sets_nothing_and_learns_nothing(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, other = await alice.connect(), await mallory.connect()
    room_id = await phone.create_room("secret", kind="group", private=True)
    message = await phone.send(room_id, "root")
    asked = [
        ("room:notify", {"room_id": room_id, "level": "none"}),
        ("thread:follow", {"room_id": room_id, "id": message["id"]}),
        ("thread:unfollow", {"room_id": room_id, "id": message["id"]}),
    ]
    for event, payload in asked:
        assert await refusal(other, event, payload) == "not_found"
    unreal = {"room_id": room_id, "level": "all", "muted_until": "2030-99-01T00:00:00Z"}
    assert await refusal(phone, "room:notify", unreal) == "invalid"


async def test_a_call_to_those_who_are_here_reaches_nobody_who_is_away_or_wants_their_peace(invite: Invite) -> None:
    alice, bob, carol, dave = [await invite(name) for name in ("alice", "bob", "carol", "dave")]
    phone, bobs_phone, carols_phone = await alice.connect(), await bob.connect(), await carol.connect()
    room_id = await phone.create_room("callers", members=[bob.id, carol.id, dave.id])
    await carols_phone.request("presence:set", {"status": "dnd"})

    called = await phone.send(room_id, "<@here> lunch?")

    await bobs_phone.is_told("notice", kind="mention", room_id=room_id, seq=called["seq"])
    for person, reason in ((carol, "dnd"), (dave, "away")):
        page = await person.rest.get("/api/notifications", suppressed="true")
        assert [item["suppressed"] for item in page["items"] if item["seq"] == called["seq"]] == [reason]


async def test_whoever_looks_at_a_room_gets_no_notice_of_it(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone, bobs_desk = await alice.connect(), await bob.connect("phone"), await bob.connect("desk")
    shown, other = await phone.create_room("shown"), await phone.create_room("other")
    for room_id in (shown, other):
        await bobs_phone.join(room_id)
    is_there = lambda: any(name == "room:added" and data["room"]["id"] == shown for name, data in bobs_desk.packets)  # noqa: E731
    await bobs_desk.until(is_there, what="the room")
    for device in (bobs_phone, bobs_desk):
        await device.request("focus", {"room_id": shown})
    await bobs_desk.request("focus", {"room_id": None})

    for room_id in (shown, other):
        await phone.send(room_id, f"<@{bob.id}> look")
    await bobs_phone.is_told("notice", room_id=other)
    assert told(bobs_phone, "notice", shown) == []

    await bobs_phone.request("focus", {"room_id": other})
    again = await phone.send(shown, f"<@{bob.id}> look again")
    await bobs_desk.is_told("notice", room_id=shown, seq=again["seq"])


async def test_nobody_looks_at_a_room_that_they_are_not_in(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, other = await alice.connect(), await mallory.connect()
    room_id = await phone.create_room("secret", kind="group", private=True)
    assert await refusal(other, "focus", {"room_id": room_id}) == "not_found"
    await other.request("focus", {"room_id": None})


async def test_a_new_name_is_shown_to_whoever_is_connected(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()

    changed = await alice.rest.call("PATCH", "/api/users/me", body={"display_name": "앨리스"})
    # What only the person themselves is shown is not told.
    shown = {key: value for key, value in changed.items() if key in alice.user}
    assert (await bobs_phone.is_told("user"))["user"] == shown
    assert (await phone.is_told("user"))["user"]["display_name"] == "앨리스"
    await alice.rest.call("PATCH", "/api/users/me", body={"display_name": "앨리스"})
    await alice.rest.call("PATCH", "/api/users/me", body={"status": {"text": "away till Monday"}})
    told = [None, {"text": "away till Monday"}]
    await bobs_phone.until(lambda: told_of(bobs_phone, alice.id) == told, what="the status")


def told_of(device: Device, user_id: str) -> list[dict[str, str] | None]:
    """Return what was told of a person, by the status they had."""
    users = [data["user"] for name, data in device.packets if name == "user"]
    return [user["status"] for user in users if user["id"] == user_id]
