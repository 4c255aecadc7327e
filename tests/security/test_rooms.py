"""Nobody gets into a room, or hears of it, by any command, page, invitation or claim that is not theirs."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chatflow.instants import write_instant
from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json
from tests.journeys.conftest import Invite

SOMEONE = str(uuid4())
THING = str(uuid4())
SECRET = "the secret of this room"

EVENTS: list[tuple[str, Json]] = [
    ("room:join", {}),
    ("room:leave", {}),
    ("room:invite", {"user_id": SOMEONE}),
    ("room:kick", {"user_id": SOMEONE}),
    ("room:ban", {"user_id": SOMEONE}),
    ("room:unban", {"user_id": SOMEONE}),
    ("room:role", {"user_id": SOMEONE, "role": "owner"}),
    ("room:mute", {"user_id": SOMEONE}),
    ("room:update", {"name": "mine"}),
    ("room:notify", {"level": "all"}),
    ("room:mine:set", {"favourite": True}),
    ("message:send", {"cid": "one", "text": "let me in"}),
    ("message:edit", {"id": THING, "text": "changed"}),
    ("message:delete", {"id": THING}),
    ("message:pin", {"id": THING}),
    ("message:unpin", {"id": THING}),
    ("reaction:add", {"id": THING, "emoji": "👍"}),
    ("reaction:remove", {"id": THING, "emoji": "👍"}),
    ("thread:follow", {"id": THING}),
    ("thread:unfollow", {"id": THING}),
    ("read:mark", {"seq": 1}),
    ("typing:start", {}),
    ("typing:stop", {}),
    ("focus", {}),
]
PAGES = ["", "/members", "/messages", "/events", "/pins", "/files", f"/messages/{THING}", f"/messages/{THING}/thread"]


async def answer_of(device: Device, event: str, payload: Json) -> Json:
    """Return what an event is answered, be it ok or not."""
    try:
        return await device.request(event, payload)
    except Refused as refused:
        return refused.error


async def refusal_of(device: Device, event: str, payload: Json) -> Json:
    with pytest.raises(Refused) as refused:
        await device.request(event, payload)
    return refused.value.error


async def rest_refusal_of(actor: Actor, method: str, path: str, **sent: Json) -> Json:
    with pytest.raises(Refused) as refused:
        await actor.rest.call(method, path, **sent)
    return refused.value.error


async def private_room(device: Device) -> tuple[str, str]:
    """Return a private room and a message in it."""
    room_id = await device.create_room("secret", private=True)
    return room_id, str((await device.send(room_id, SECRET))["id"])


async def test_every_event_answers_a_stranger_alike_for_a_private_room_and_for_none(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    room_id, message_id = await private_room(phone)
    for event, fields in EVENTS:
        named = {name: message_id if value == THING else value for name, value in fields.items()}
        secret = await answer_of(intruder, event, {"room_id": room_id, **named})
        nothing = await answer_of(intruder, event, {"room_id": str(uuid4()), **named})
        assert secret == nothing, event
        assert event == "focus" or "code" in secret, event
    assert [message["text"] for message in (await alice.history(room_id))["items"]] == [SECRET]
    assert (await alice.rest.get(f"/api/rooms/{room_id}/members"))["items"][0]["user_id"] == alice.id


async def test_every_page_answers_a_stranger_alike_for_a_private_room_and_for_none(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    room_id, message_id = await private_room(await alice.connect())
    for page in PAGES:
        path = page.replace(THING, message_id)
        secret = await rest_refusal_of(mallory, "GET", f"/api/rooms/{room_id}{path}")
        assert secret == await rest_refusal_of(mallory, "GET", f"/api/rooms/{uuid4()}{path}"), page
    calls: list[tuple[str, str, Json]] = [
        ("POST", "/messages", {"text": "let me in"}),
        ("POST", "/invites", {}),
        ("DELETE", f"/invites/{THING}", {}),
    ]
    for method, path, body in calls:
        sent: Json = {"body": body, "headers": {"Idempotency-Key": "one"}}
        secret = await rest_refusal_of(mallory, method, f"/api/rooms/{room_id}{path}", **sent)
        assert secret == await rest_refusal_of(mallory, method, f"/api/rooms/{uuid4()}{path}", **sent)


async def test_a_message_of_another_room_is_not_reached_through_ones_own(invite: Invite) -> None:
    alice, mallory = await invite("alice"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    _, message_id = await private_room(phone)
    own = await intruder.create_room("mine")
    for event, fields in [
        ("message:edit", {"id": message_id, "text": "changed"}),
        ("message:delete", {"id": message_id}),
        ("message:pin", {"id": message_id}),
        ("reaction:add", {"id": message_id, "emoji": "👍"}),
        ("message:send", {"cid": "one", "text": "what was said?", "reply_to": message_id}),
        ("message:send", {"cid": "two", "text": "what was said?", "thread": message_id}),
    ]:
        unknown = {name: THING if value == message_id else value for name, value in fields.items()}
        refused = await refusal_of(intruder, event, {"room_id": own, **fields})
        assert refused == await refusal_of(intruder, event, {"room_id": own, **unknown}), event
    refused = await rest_refusal_of(mallory, "GET", f"/api/rooms/{own}/messages/{message_id}")
    assert refused == await rest_refusal_of(mallory, "GET", f"/api/rooms/{own}/messages/{THING}")


async def test_what_others_say_to_each_other_is_not_entered_by_its_derivable_id(invite: Invite) -> None:
    alice, bob, mallory = await invite("alice"), await invite("bob"), await invite("mallory")
    phone, intruder = await alice.connect(), await mallory.connect()
    direct_id = await phone.open_direct(bob.id)
    assert (await refusal_of(intruder, "room:join", {"room_id": direct_id}))["code"] == "not_found"
    assert (await refusal_of(intruder, "room:invite", {"room_id": direct_id, "user_id": mallory.id}))[
        "code"
    ] == "not_found"
    created = await intruder.request("room:direct", {"user_ids": [alice.id], "id": direct_id, "room_id": direct_id})
    assert created["room"]["id"] != direct_id


async def test_fields_that_are_the_servers_to_say_are_ignored(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    claims: Json = {
        "seq": 999,
        "n": 999,
        "sender": bob.id,
        "actor": bob.id,
        "id": THING,
        "at": "1999-01-01T00:00:00.000Z",
    }
    room_id = await phone.create_room("open", role="owner", owner=bob.id, head=999, **claims)
    assert room_id != THING
    ack = await phone.request("message:send", {"room_id": room_id, "cid": "one", "text": "mine", **claims})
    message = await phone.sees(room_id, "mine")
    assert (message["sender"], message["id"], message["seq"]) == (alice.id, ack["id"], ack["seq"])
    assert (message["n"], message["at"][:4] > "1999", ack["id"] != THING) == (1, True, True)
    joined = await laptop.request("room:join", {"room_id": room_id, "role": "owner"}, on_ok=laptop.rooms.enter)
    assert joined["room"]["role"] == "member"
    assert (await refusal_of(laptop, "room:kick", {"room_id": room_id, "user_id": alice.id}))["code"] == "forbidden"
    account = {"bot": True, "kind": "bot", "role": "owner", "deactivated": True, "is_staff": True}
    profile = {"id": alice.id, "display_name": "Bob", **account}
    changed = await bob.rest.call("PATCH", "/api/users/me", body=profile)
    assert (changed["id"], changed["bot"], changed["deactivated"]) == (bob.id, False, False)
    assert (changed["kind"], changed["role"]) == ("person", "member")


async def test_one_persons_cid_says_nothing_about_anothers(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    await laptop.join(room_id)
    first = await phone.send(room_id, "alice's", cid="shared")
    second = await laptop.send(room_id, "bob's", cid="shared")
    assert (second["duplicate"], second["id"] == first["id"]) == (False, False)
    cid = str(uuid4())
    payload = {"cid": cid, "kind": "channel", "name": "same cid", "private": True}
    mine = await phone.request("room:create", payload, on_ok=phone.rooms.enter)
    other = await laptop.request("room:create", payload, on_ok=laptop.rooms.enter)
    assert mine["room"]["id"] != other["room"]["id"]


async def test_a_kicked_person_hears_and_reads_nothing_more(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop, polling = await alice.connect(), await bob.connect(), await bob.connect("tv", transport="polling")
    room_id = await phone.create_room("secret", private=True, members=[bob.id])
    await laptop.is_told("room:added")
    await polling.is_told("room:added")
    kicked = await phone.request("room:kick", {"room_id": room_id, "user_id": bob.id})
    await phone.send(room_id, "now that bob is gone")
    await phone.request("typing:start", {"room_id": room_id})
    direct_id = await phone.open_direct(bob.id)
    await phone.send(direct_id, "over")
    for device in (laptop, polling):
        await device.is_told("room:removed", room_id=room_id)
        await device.sees(direct_id, "over")
        assert device.rooms.position(room_id) == kicked["seq"]
        assert "now that bob is gone" not in str(device.rooms.views[room_id].texts)
        assert "typing" not in [name for name, _ in device.packets]
    answer = await laptop.request("room:sync", {"rooms": {room_id: 0}})
    assert set(answer["rooms"][room_id]) == {"error"}
    for page in ("", "/messages", "/events", "/members"):
        assert (await rest_refusal_of(bob, "GET", f"/api/rooms/{room_id}{page}"))["code"] == "not_found"
    assert (await refusal_of(laptop, "message:send", {"room_id": room_id, "cid": "x", "text": "hi"}))["code"] in (
        "not_found",
        "not_a_member",
    )
    assert (await refusal_of(laptop, "room:join", {"room_id": room_id}))["code"] == "not_found"


async def test_an_invitation_works_only_as_often_and_as_long_as_it_was_meant_to(invite: Invite) -> None:
    alice = await invite("alice")
    phone = await alice.connect()
    guests = [await (await invite(f"guest{number}")).connect() for number in range(2)]
    room_id = await phone.create_room("secret", private=True)
    path = f"/api/rooms/{room_id}/invites"
    soon = write_instant((datetime.now(UTC) + timedelta(seconds=1)).timestamp())
    once = await alice.rest.post(path, {"uses": 1, "secret_hash": "0" * 64})
    expired, revoked = await alice.rest.post(path, {"until": soon}), await alice.rest.post(path, {})
    await alice.rest.call("DELETE", f"{path}/{revoked['invite_id']}")
    while (await phone.send(room_id, "still valid"))["at"] <= soon:
        pass  # the clock by which the room is written decides
    secret = once["token"].partition(".")[2]
    forged = [
        expired["token"],
        revoked["token"],
        f"{room_id}.",
        f"{room_id}.{secret[:-1]}",
        f"{room_id}.{'0' * 64}",
        f"{room_id}.{once['invite_id']}",
        f"{uuid4()}.{secret}",
        secret,
        ".",
    ]
    codes = {(await refusal_of(guests[0], "room:join", {"invite": token}))["code"] for token in forged}
    assert codes <= {"not_found", "invalid"}
    unknown = await refusal_of(guests[0], "room:join", {"invite": f"{uuid4()}.{secret}"})
    assert unknown == await refusal_of(guests[0], "room:join", {"invite": f"{room_id}.{secret[:-1]}x"})
    joined = await guests[0].request("room:join", {"invite": once["token"]}, on_ok=guests[0].rooms.enter)
    assert joined["room"]["role"] == "member"
    assert (await refusal_of(guests[1], "room:join", {"invite": once["token"]}))["code"] == "not_found"
    assert (await rest_refusal_of(await invite("mallory"), "POST", path, body={}))["code"] == "not_found"


async def test_a_member_cannot_make_more_of_themselves(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    await laptop.join(room_id)
    attempts: list[tuple[str, Json]] = [
        ("room:role", {"user_id": bob.id, "role": "owner"}),
        ("room:ban", {"user_id": alice.id}),
        ("room:mute", {"user_id": alice.id}),
        ("room:update", {"private": True}),
        ("room:invite", {"user_id": str(uuid4()), "role": "owner"}),
    ]
    for event, fields in attempts:
        refused = await refusal_of(laptop, event, {"room_id": room_id, **fields})
        assert refused["code"] in ("forbidden", "not_found", "invalid"), event
    for body in ({"role": "owner"}, {"role": "moderator"}):
        assert (await rest_refusal_of(bob, "POST", f"/api/rooms/{room_id}/invites", body=body))["code"] == "forbidden"


async def test_a_banned_person_comes_back_by_no_way(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, laptop = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    token = (await alice.rest.post(f"/api/rooms/{room_id}/invites", {}))["token"]
    await laptop.join(room_id)
    await phone.request("room:ban", {"room_id": room_id, "user_id": bob.id})
    await laptop.is_told("room:removed", room_id=room_id)
    for payload in ({"room_id": room_id}, {"invite": token}):
        assert (await refusal_of(laptop, "room:join", payload))["code"] in ("banned", "not_found", "forbidden")
