"""Open channels are found by their names, so no two have the same one, whoever asks first."""

import asyncio
from uuid import uuid4

import pytest

from tests.actors import Refused
from tests.actors.answers import Json
from tests.actors.device import Device
from tests.journeys.conftest import Invite


def founding(name: str) -> Json:
    return {"cid": str(uuid4()), "kind": "channel", "name": name}


async def found_channel(device: Device, name: str) -> Json:
    """Return the room, or the error as a client gets it."""
    try:
        return dict(await device.request("room:create", founding(name), on_ok=device.rooms.enter))
    except Refused as refused:
        return dict(refused.error)


async def test_of_many_who_found_a_channel_at_once_one_has_its_name_and_the_others_learn_where_it_is(
    invite: Invite,
) -> None:
    devices = [await (await invite(name)).connect() for name in ("alice", "bob", "carol")]
    for _ in range(5):
        name = f"Harbour {uuid4()}"
        answers = await asyncio.gather(
            *(found_channel(device, said) for device in devices for said in (name, name.upper(), f" {name} "))
        )
        [winner] = [answer["room"]["id"] for answer in answers if "room" in answer]
        told = [(answer["code"], answer["room_id"]) for answer in answers if "code" in answer]
        assert told == [("conflict", winner)] * (len(answers) - 1)


async def test_a_name_is_free_once_its_channel_is_private_and_whoever_repeats_a_founding_has_their_room(
    invite: Invite,
) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, desk = await alice.connect(), await bob.connect()
    said = founding(f"quay {uuid4()}")
    room_id = (await phone.request("room:create", said, on_ok=phone.rooms.enter))["room"]["id"]
    assert (await phone.request("room:create", said))["room"]["id"] == room_id

    other = await desk.create_room("pier")
    with pytest.raises(Refused) as refused:
        await desk.request("room:update", {"room_id": other, "name": said["name"]})
    assert (refused.value.code, refused.value.error["room_id"]) == ("conflict", room_id)
    await phone.request("room:update", {"room_id": room_id, "private": True})
    await desk.request("room:update", {"room_id": other, "name": said["name"]})
    with pytest.raises(Refused) as refused:
        await phone.request("room:update", {"room_id": room_id, "private": False})
    assert refused.value.error["room_id"] == other
