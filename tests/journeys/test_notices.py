"""Notices reach people who are connected."""

from tests.journeys.conftest import Invite


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
