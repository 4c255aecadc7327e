"""Leaving: a direct room is hidden until somebody writes in it, on all devices; any other room is left."""

import pytest

from tests.actors import Device
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)


async def rooms_of(device: Device) -> list[str]:
    """Return what a connection that begins now is shown."""
    await device.disconnect()
    return [room["id"] for room in (await device.connect())["rooms"]]


def added(device: Device) -> dict[str, Json]:
    """Return the last `room:added` of each room."""
    return {data["room"]["id"]: data for name, data in device.packets if name == "room:added"}


async def test_a_direct_room_that_is_left_is_hidden_until_its_next_message(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone = await alice.connect()
    bobs_phone, bobs_desk, bobs_watch = [await bob.connect(name) for name in ("phone", "desk", "watch")]
    room_id = await phone.open_direct(bob.id)
    for device in (bobs_phone, bobs_desk, bobs_watch):
        await device.is_told("room:added")
    said = await phone.send(room_id, "hi")

    left = await bobs_phone.request("room:leave", {"room_id": room_id})

    assert left["seq"] == said["seq"]
    for device in (bobs_phone, bobs_desk):
        await device.is_told("room:removed", room_id=room_id, reason="hidden")
    assert await rooms_of(bobs_watch) == []
    assert (await bob.rest.get("/api/rooms"))["items"] == []

    await phone.request("reaction:add", {"room_id": room_id, "id": said["id"], "emoji": "👋"})
    again = await phone.send(room_id, "still there?")

    for device in (bobs_phone, bobs_desk, bobs_watch):
        await device.sees(room_id, "still there?")
        room = added(device)[room_id]
        assert (room["seq"], room["room"]["n"], room["room"]["unread"]) == (again["seq"] - 1, 1, 1)
        assert device.view(room_id).texts[-1] == "still there?"
    assert await rooms_of(bobs_watch) == [room_id]
    assert (await bob.rest.get(f"/api/rooms/{room_id}"))["unread"] == 2


async def test_a_room_hidden_before_connecting_comes_back_with_its_next_message(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.open_direct(bob.id)
    await bobs_phone.is_told("room:added")
    await bobs_phone.request("room:leave", {"room_id": room_id})
    await bobs_phone.disconnect()
    await phone.send(room_id, "while you were away")
    assert await rooms_of(bobs_phone) == [room_id]


async def test_opening_a_hidden_room_shows_it_everywhere(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone, bobs_desk = await alice.connect(), await bob.connect("phone"), await bob.connect("desk")
    room_id = await bobs_phone.open_direct(alice.id)
    await bobs_desk.is_told("room:added")
    await bobs_phone.request("room:leave", {"room_id": room_id})
    await bobs_desk.is_told("room:removed", reason="hidden")
    bobs_desk.packets.clear()

    assert await bobs_phone.open_direct(alice.id) == room_id

    await bobs_desk.is_told("room:added")
    assert [room["id"] for room in (await bob.rest.get("/api/rooms"))["items"]] == [room_id]
    await phone.send(room_id, "both see this")
    for device in (bobs_phone, bobs_desk):
        await device.sees(room_id, "both see this")
    assert await rooms_of(bobs_desk) == [room_id]


async def test_leaving_any_other_room_is_leaving_it(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("open")
    await bobs_phone.join(room_id)
    left = await bobs_phone.request("room:leave", {"room_id": room_id})
    await bobs_phone.is_told("room:removed", room_id=room_id, reason="left")
    assert bobs_phone.view(room_id).events[-1]["seq"] == left["seq"]
