"""An answer, or a value in Redis, that cannot be read costs the question that it was for, and not the gateway."""

from collections.abc import Callable

import msgspec
import pytest
import redis.asyncio

from chatflow.bus.port import open_bus
from chatflow.process.settings import Settings
from chatflow.protocol import events
from chatflow.wire.bus import PACKET_PREFIX, SIGNALS_CHANNEL, Published, ToPerson
from gateway.metrics import EVENTS_UNREADABLE
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import FakeRoom, World

ASKED_MEANWHILE = {"/internal/revocations", "/internal/events", "/internal/read"}


@pytest.mark.parametrize("garbage", [b"<html>Welcome</html>", b"", b"\xff", b"\xa1\xff", b"[]", b"\x91" * 5000])
async def test_a_gateway_outlives_answers_that_are_none(gateway: Gateway, alice: str, bob: str, garbage: bytes) -> None:
    room = gateway.world.room(alice, bob)
    device = await gateway.device(alice)
    gateway.services.garbage = garbage
    gateway.worker.spoil = lambda publication: []
    gateway.worker.publish(room.send(bob, "lost on the bus"))
    gateway.worker.spoil = lambda publication: [publication]
    answer = await device.ask("read:mark", {"room_id": room.id, "seq": 1})
    await until(lambda: gateway.services.calls.keys() >= ASKED_MEANWHILE, within_seconds=10)
    gateway.services.garbage = None

    assert answer["error"]["code"] == "timeout"
    await device.has(room.id, [2])
    await gateway.device(bob)


@pytest.mark.parametrize("value", [b"\xff", b"<html>", b"[1]", b'{"status": "\xff"}', b'{"status": 7}'])
async def test_a_gateway_outlives_a_choice_of_presence_that_is_none(
    valkey_url: str, gateway: Gateway, alice: str, bob: str, value: bytes
) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.set(f"status:{bob}", value)
    bobs = await gateway.device(bob)
    device = await gateway.device(alice)
    watched = await device.ask("presence:watch", {"user_ids": [bob]})
    await bobs.ask("presence:set", {"status": "away"})
    await until(lambda: [told["status"] for told in device.all("presence")] == ["away"])

    assert watched["presence"][bob]["status"] == "online"


async def test_a_signal_of_another_version_keeps_none_beside_it_from_being_told(
    valkey_url: str, gateway: Gateway, alice: str
) -> None:
    device = await gateway.device(alice)
    known = msgspec.to_builtins(ToPerson(alice, "notice", {"kind": "mention"}))
    bus = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await bus.start()
    bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([{"type": "thread_moved"}, 7, known | {"later": True}]))

    assert await device.told("notice") == {"kind": "mention"}
    await bus.close()


def garbled(event: Published, text: str) -> Published:
    return msgspec.structs.replace(event, packet=f"{PACKET_PREFIX}{text}]")


def joining(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.join("carol")


def ending(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.leave(bob, kind=events.MemberKicked, actor=alice)


def changing(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.append(events.RoomUpdated(**room.facts(alice), changes={"history": "all"}))


def editing(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.edit(2, "edited")


Happening = Callable[[FakeRoom, str, str], Published]
HAPPENINGS = pytest.mark.parametrize(
    ("happen", "bobs"), [(joining, [3, 4]), (ending, [3]), (changing, [3, 4]), (editing, [3, 4])]
)
TEXTS = pytest.mark.parametrize("text", ["", "{", "[]", '{"user_id": 7, "changes": 7, "target": 7}', "{}", "[" * 5000])


@TEXTS
@HAPPENINGS
async def test_an_event_that_cannot_be_read_is_read_in_the_log_and_stops_nobody(
    gateway: Gateway,
    world: World,
    worker: FakeWorker,
    alice: str,
    bob: str,
    happen: Happening,
    bobs: list[int],
    text: str,
) -> None:
    room, other = world.room(alice, bob, history="joined"), world.room(bob)
    room.send(alice, "before")
    alices, device = await gateway.device(alice), await gateway.device(bob)
    unreadable = EVENTS_UNREADABLE._value.get()
    event = happen(room, alice, bob)
    worker.publish(garbled(event, text), room.send(alice, "after"), other.send(bob, "elsewhere"))

    await device.has(other.id, [2])
    await alices.has(room.id, [3, 4])
    await device.has(room.id, bobs)
    assert EVENTS_UNREADABLE._value.get() == unreadable + 1


@HAPPENINGS
async def test_an_event_that_the_log_has_unreadable_too_stops_its_room_alone(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str, happen: Happening, bobs: list[int]
) -> None:
    room, other = world.room(alice, bob, history="joined"), world.room(bob)
    room.send(alice, "before")
    device = await gateway.device(bob)
    whole = happen(room, alice, bob)
    room.events[-1] = garbled(whole, "{}")
    worker.publish(room.events[-1], room.send(alice, "after"))
    await until(lambda: gateway.services.calls.get("events", 0) > 1)
    worker.spoil = lambda publication: []
    worker.publish(other.send(bob, "lost on the bus"))
    await device.has(other.id, [2])
    assert device.seqs(room.id) == []

    room.events[2] = whole
    await device.has(room.id, bobs)


async def test_an_event_of_the_log_that_cannot_be_read_costs_the_sync_of_its_room_alone(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room, other = world.room(alice, history="joined"), world.room(alice, bob)
    room.send(alice, "before")
    room.join(bob)
    room.edit(2, "edited")
    room.events[3] = garbled(room.events[3], "{}")
    device = await gateway.device(bob)
    answer = await device.ask("room:sync", {"rooms": {room.id: 3, other.id: 0}})
    assert [event["seq"] for event in answer["rooms"][other.id]["events"]] == [1]
    assert answer["rooms"][room.id]["error"]["code"] == "internal"
