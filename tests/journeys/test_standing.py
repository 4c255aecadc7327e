"""What a person may do in a room and read of its past, however they came, left and came back."""

from datetime import UTC, datetime, timedelta

import pytest

from chatflow.instants import write_instant
from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)

BEFORE, AFTER = "what was said before", "what it says now"


async def refusal(device: Device, event: str, payload: Json) -> Refused:
    with pytest.raises(Refused) as refused:
        await device.request(event, payload)
    return refused.value


async def rest_refusal(actor: Actor, method: str, path: str, body: Json) -> str:
    with pytest.raises(Refused) as refused:
        await actor.rest.call(method, path, body=body)
    return refused.value.code


def edits(events: list[Json]) -> list[Json]:
    return [event for event in events if event["type"] == "message.edited"]


async def test_the_muted_are_heard_by_no_way_at_all(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("group", kind="group", members=[bob.id])
    said = await laptop.send(room_id, "loud")
    await phone.request("room:mute", {"room_id": room_id, "user_id": bob.id})
    for event, fields in [
        ("room:update", {"name": "loud"}),
        ("room:update", {"topic": "loud"}),
        ("room:invite", {"user_id": carol.id}),
        ("message:send", {"cid": "one", "text": "loud"}),
        ("message:edit", {"id": said["id"], "text": "louder"}),
        ("message:pin", {"id": said["id"]}),
        ("reaction:add", {"id": said["id"], "emoji": "📢"}),
    ]:
        assert (await refusal(laptop, event, {"room_id": room_id, **fields})).code == "muted", (event, fields)
    await phone.request("room:role", {"room_id": room_id, "user_id": bob.id, "role": "moderator"})
    assert await rest_refusal(bob, "POST", f"/api/rooms/{room_id}/invites", {}) == "muted"
    # What takes something back is no word of theirs.
    await laptop.request("message:delete", {"room_id": room_id, "id": said["id"]})
    await laptop.leave(room_id)


async def test_a_mute_says_until_when_it_lasts(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    await laptop.join(room_id)
    until = write_instant((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    saying = {"room_id": room_id, "cid": "one", "text": "hello"}

    await phone.request("room:mute", {"room_id": room_id, "user_id": bob.id, "until": until})
    for_a_while = await refusal(laptop, "message:send", saying)
    told = (await bob.rest.get(f"/api/rooms/{room_id}"))["muted_until"]
    await phone.request("room:mute", {"room_id": room_id, "user_id": bob.id})
    for_good = await refusal(laptop, "message:send", saying)

    assert told == until
    assert "muted_until" not in await alice.rest.get(f"/api/rooms/{room_id}")
    assert until in str(for_a_while)
    assert 3500 < float(for_a_while.error["retry_after"]) <= 3600
    assert (for_a_while.code, for_good.code, for_good.retry_after) == ("muted", "muted", None)
    assert "until" not in str(for_good)


async def test_a_demoted_reader_comes_back_as_a_reader_by_every_way(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, laptop, desk = await alice.connect(), await bob.connect(), await carol.connect()
    room_id = await phone.create_room("open")
    token = (await alice.rest.post(f"/api/rooms/{room_id}/invites", {}))["token"]
    for device in (laptop, desk):
        await device.join(room_id)
    of_bob = {"room_id": room_id, "user_id": bob.id}
    await phone.request("room:role", {**of_bob, "role": "reader"})
    leaving: list[tuple[Device, str, Json]] = [
        (laptop, "room:leave", {"room_id": room_id}),
        (phone, "room:kick", of_bob),
        (phone, "room:ban", of_bob),
    ]
    returning: list[tuple[Device, str, Json]] = [
        (laptop, "room:join", {"room_id": room_id}),
        (laptop, "room:join", {"invite": token}),
        (desk, "room:invite", of_bob),
        (phone, "room:invite", of_bob),
    ]
    for (leaver, leave, left), (comer, come, came) in [(one, other) for one in leaving for other in returning]:
        await leaver.request(leave, left)
        await phone.request("room:unban", of_bob)
        await comer.request(come, came)
        members = {
            one["user_id"]: one["role"] for one in (await alice.rest.get(f"/api/rooms/{room_id}/members"))["items"]
        }
        assert members[bob.id] == "reader", (leave, come)
    await phone.request("room:kick", of_bob)
    assert (await refusal(desk, "room:invite", {**of_bob, "role": "member"})).code == "forbidden"
    # Whoever may give a role may give it back.
    await phone.request("room:invite", {**of_bob, "role": "member"})
    await laptop.request("message:send", {"room_id": room_id, "cid": "two", "text": "thank you"})


async def test_who_joined_later_is_not_shown_old_text_when_it_is_edited(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, desk, laptop = await alice.connect(), await bob.connect(), await carol.connect()
    room_id = await phone.create_room("newcomers", history="joined", members=[bob.id])
    await desk.is_told("room:added")
    said = await phone.send(room_id, BEFORE)
    await laptop.join(room_id)
    cursor = laptop.rooms.position(room_id)

    edited = await phone.request(
        "message:edit", {"room_id": room_id, "id": said["id"], "text": f"<@{carol.id}> <@all> {AFTER}"}
    )
    heard = await phone.send(room_id, "to all")

    for device in (desk, laptop):
        await device.reaches(room_id, heard["seq"])
    [told] = edits(desk.view(room_id).events)
    assert AFTER in told["text"]
    synced = (await laptop.request("room:sync", {"rooms": {room_id: cursor}}))["rooms"][room_id]
    reset = (await laptop.request("room:sync", {"rooms": {room_id: 0}}))["rooms"][room_id]
    page = await carol.rest.get(f"/api/rooms/{room_id}/events")
    assert (synced["reset"], reset["reset"]) == (False, True)
    for events in (laptop.view(room_id).events, synced["events"], reset["events"], page["items"]):
        [withheld] = edits(events)
        assert withheld == told | {"text": None, "mentions": {"users": [], "all": False, "here": False}}
        assert withheld["seq"] == edited["seq"]
    assert AFTER not in str([synced, reset, page, laptop.packets])
    [row] = (await carol.rest.get("/api/rooms"))["items"]
    assert (row["unread"], row["mentions"]) == (1, 0)
    assert laptop.view(room_id).state.compared()["mentions"] == 0
    noticed = await carol.rest.get("/api/notifications")
    assert noticed["items"] == []
