"""Notices reach people who are connected."""

import asyncio

from tests.journeys.conftest import Invite

WITHIN_SECONDS = 30.0


async def test_whoever_is_taken_into_a_room_is_told(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()

    founded = await phone.create_room("founders", kind="group", members=[bob.id])
    await bobs_phone.is_told("notice", kind="invitation", room_id=founded, seq=1)

    later = await phone.create_room("later", kind="group")
    invited = await phone.request("room:invite", {"room_id": later, "user_id": bob.id})
    await bobs_phone.is_told("notice", kind="invitation", room_id=later, seq=invited["seq"])


async def test_whoever_is_named_by_an_edit_is_told_and_nobody_twice(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, bobs_phone, carols_phone = [await person.connect() for person in (alice, bob, carol)]
    room_id = await phone.create_room("square", members=[bob.id, carol.id])
    sent = await phone.send(room_id, f"look, <@{bob.id}>")
    await bobs_phone.is_told("notice", kind="mention", room_id=room_id, seq=sent["seq"])

    text = f"look, <@{bob.id}> and <@{carol.id}>"
    edited = await phone.request("message:edit", {"room_id": room_id, "id": sent["id"], "text": text})
    await carols_phone.is_told("notice", kind="mention", room_id=room_id, seq=edited["seq"])
    last = await phone.send(room_id, f"<@{bob.id}>!")
    await bobs_phone.is_told("notice", kind="mention", room_id=room_id, seq=last["seq"])
    told = [data["seq"] for name, data in bobs_phone.packets if name == "notice" and data["kind"] == "mention"]
    assert told == [sent["seq"], last["seq"]]


async def test_a_keyword_in_a_message_that_addresses_nobody_is_told_and_explained(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("harbour", members=[bob.id])
    await bob.rest.call("PUT", "/api/notifications/preferences", body={"keywords": ["회의"]})
    sent: dict[int, str] = {}

    # A new keyword holds within some seconds.
    async with asyncio.timeout(WITHIN_SECONDS):
        while not (
            told := [data for name, data in bobs_phone.packets if name == "notice" and data["kind"] == "keyword"]
        ):
            said = await phone.send(room_id, "회의에서 봐요")
            sent[said["seq"]] = said["id"]
            await asyncio.sleep(0.1)

    path = f"/api/rooms/{room_id}/messages/{sent[told[0]['seq']]}/why"
    why, own = await bob.rest.get(path), await alice.rest.get(path)
    assert (why["told"], why["reason"]) == (True, "keyword")
    assert {"rule": "keyword", "detail": "회의"} in why["steps"]
    assert (own["told"], own["reason"]) == (False, "author")
