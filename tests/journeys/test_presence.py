"""Presence: what others see of a person, as it changes, and what the person chose not to show."""

import pytest

from tests.actors import Device
from tests.actors.answers import Json
from tests.journeys.conftest import Invite
from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)


async def watch(device: Device, *user_ids: str) -> dict[str, Json]:
    answer = await device.request("presence:watch", {"user_ids": list(user_ids)})
    found: dict[str, Json] = answer["presence"]
    return found


def statuses(device: Device, user_id: str) -> list[str]:
    return [data["status"] for name, data in device.packets if name == "presence" and data["user_id"] == user_id]


async def test_whoever_watches_somebody_is_told_of_every_change(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone = await alice.connect()
    assert (await watch(phone, alice.id, bob.id))[bob.id] == {"status": "offline"}

    bobs_phone, bobs_desk = await bob.connect("phone"), await bob.connect("desk")
    await phone.is_told("presence", user_id=bob.id, status="online")
    await bobs_phone.request("presence:set", {"status": "dnd"})
    assert await phone.is_told("presence", status="dnd") == {"user_id": bob.id, "status": "dnd"}

    await bobs_phone.disconnect()
    await bobs_desk.request("presence:set", {"status": "away"})
    await phone.is_told("presence", user_id=bob.id, status="away")
    await bobs_desk.disconnect()
    gone = await phone.is_told("presence", user_id=bob.id, status="offline")
    assert gone["last_seen"].endswith("Z")
    assert statuses(phone, bob.id) == ["online", "dnd", "away", "offline"]

    await bobs_desk.connect()
    await phone.until(lambda: statuses(phone, bob.id)[4:] == ["away"], what="the status that bob chose")


async def test_the_invisible_look_as_if_they_had_gone(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone = await alice.connect()
    await watch(phone, bob.id)
    bobs_phone = await bob.connect()
    await phone.is_told("presence", user_id=bob.id, status="online")

    await bobs_phone.request("presence:set", {"status": "invisible"})

    hidden = await phone.is_told("presence", user_id=bob.id, status="offline")
    await bobs_phone.disconnect()
    await bobs_phone.connect()
    assert (await watch(phone, bob.id))[bob.id] == {"status": "offline", "last_seen": hidden["last_seen"]}

    await bobs_phone.request("presence:set", {"status": "online"})
    await phone.until(lambda: statuses(phone, bob.id) == ["online", "offline", "online"], what="bob again")


async def test_watching_others_ends_watching_the_first(invite: Invite) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone, bobs_phone, carols_phone = await alice.connect(), await bob.connect(), await carol.connect()
    await watch(phone, bob.id)
    await watch(phone, carol.id)

    await bobs_phone.request("presence:set", {"status": "away"})
    await carols_phone.request("presence:set", {"status": "away"})

    await phone.is_told("presence", user_id=carol.id, status="away")
    assert statuses(phone, bob.id) == []
