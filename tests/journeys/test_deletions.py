"""What was deleted is gone: no answer has its text, whoever asks and wherever it stood."""

import json
from typing import Any

from tests.actors import Actor, Device
from tests.journeys.conftest import Invite

FIRST, LAST = "rhubarb", "gooseberry"


async def everything_told(person: Actor, device: Device, room_id: str, message_id: str) -> dict[str, Any]:
    """Return what the product answers to whoever looks for a message, by the name of the question."""
    room = f"/api/rooms/{room_id}"
    found: dict[str, Any] = {
        f"sync after {seq}": await device.request("room:sync", {"rooms": {room_id: seq}}) for seq in range(4)
    }
    for path in ("messages", "events", "pins", f"messages/{message_id}", f"messages/{message_id}/thread"):
        found[path] = await person.rest.get(f"{room}/{path}")
    found["notifications"] = await person.rest.get("/api/notifications")
    return found


async def test_the_text_of_a_deleted_message_is_in_no_answer_any_more(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, bobs_phone = await alice.connect(), await bob.connect()
    room_id = await phone.create_room("kitchen")
    await bobs_phone.join(room_id)
    sent = await phone.send(room_id, f"{FIRST} for <@{bob.id}>")
    await bobs_phone.send(room_id, "yes", thread=sent["id"], reply_to=sent["id"])
    await phone.request("message:pin", {"room_id": room_id, "id": sent["id"]})
    await phone.request("message:edit", {"room_id": room_id, "id": sent["id"], "text": LAST})
    before = json.dumps(await everything_told(bob, bobs_phone, room_id, sent["id"]))
    assert FIRST in before
    assert LAST in before

    deleted = await phone.request("message:delete", {"room_id": room_id, "id": sent["id"]})
    await bobs_phone.reaches(room_id, deleted["seq"])
    for person, device in ((alice, phone), (bob, bobs_phone), (bob, await bob.connect("desk"))):
        told = await everything_told(person, device, room_id, sent["id"])
        assert not [name for name, answer in told.items() if FIRST in json.dumps(answer) or LAST in json.dumps(answer)]
