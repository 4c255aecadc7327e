"""In a room that hides its past, newcomers learn nothing from an edit of an older message."""

import pytest

from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Preview, Target
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import FakeRoom, World

OLD, NEW = "said before bob came", "edited since"


def told(device: Device, room: FakeRoom) -> list[tuple[int, str | None]]:
    """Return seq and text of each live edit."""
    found = [event for event in device.all("event") if event["room_id"] == room.id]
    return [(event["seq"], event["text"]) for event in found if event["type"] == "message.edited"]


async def test_one_edit_reaches_whoever_was_there_with_its_text_and_newcomers_without(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, history="joined")
    room.send(alice, OLD)
    room.join(bob)
    room.send(alice, "to both")
    devices = [await gateway.device(user_id) for user_id in (alice, bob, alice, bob)]
    worker.publish(room.edit(2, NEW), room.edit(4, NEW), room.send(alice, "last"))
    for device in devices:
        await device.has(room.id, [5, 6, 7])
    assert [told(device, room) for device in devices] == [[(5, NEW), (6, NEW)], [(5, None), (6, NEW)]] * 2
    withheld = devices[1].all("event")[0]
    assert withheld["target"] == devices[0].all("event")[0]["target"]
    assert withheld["mentions"] == {"users": [], "all": False, "here": False}


async def test_a_preview_of_an_older_message_is_withheld_too(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, history="joined")
    said = room.send(alice, OLD)
    room.join(bob)
    devices = [await gateway.device(user_id) for user_id in (alice, bob)]
    preview = Preview(url="http://secret.example", title=OLD)
    target = Target(seq=said.seq, n=said.n, sender=alice, mentions=Mentions())
    worker.publish(room.append(events.PreviewAdded(**room.header("system"), id=alice, target=target, preview=preview)))
    for device in devices:
        await device.has(room.id, [4])
    assert [device.all("event")[0]["preview"] for device in devices] == [{"url": preview.url, "title": OLD}, None]


@pytest.mark.parametrize(("history", "shown"), [("joined", None), ("all", NEW)])
async def test_the_room_is_known_also_beyond_those_that_a_connection_is_shown(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str, history: str, shown: str | None
) -> None:
    for _ in range(500):
        world.room(bob)
    room = world.room(alice, history=history)
    room.send(alice, OLD)
    room.join(bob)
    device = await gateway.device(bob)
    assert room.id not in [row["id"] for row in (await device.ready())["rooms"]]
    worker.publish(room.edit(2, NEW))
    await until(lambda: told(device, room) == [(4, shown)])


async def test_a_setting_that_changes_holds_from_its_event_on(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice)
    room.send(alice, OLD)
    room.join(bob)
    device = await gateway.device(bob)
    for history in ("joined", "all"):
        before = room.edit(2, NEW)
        changed = room.append(events.RoomUpdated(**room.header(alice), changes={"history": history}))
        worker.publish(before, changed, room.edit(2, NEW))
    await until(lambda: [text for _, text in told(device, room)] == [NEW, None, None, NEW])
