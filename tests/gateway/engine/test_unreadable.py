"""An unreadable answer or value in Redis fails only the question that it was for."""

from collections.abc import Callable

import msgspec
import pytest
import redis.asyncio

from chatflow.bus.opening import open_bus
from chatflow.process.settings import Settings
from chatflow.protocol import events
from chatflow.wire.bus import NO_PACKET, PACKET_PREFIX, SIGNALS_CHANNEL, Published, ToPerson
from gateway.metrics import EVENTS_UNREADABLE
from gateway.rooms.list_versions import COMPARE_SECONDS
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.scene import Scene
from tests.gateway.worker import FakeWorker
from tests.gateway.world import FakeRoom, World

ASKED_MEANWHILE = {"/internal/facts", "/internal/events", "/internal/read"}


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


async def test_a_signal_that_cannot_be_told_keeps_none_beside_it_from_being_told_and_its_rooms_are_asked_for(
    gateway: Gateway, world: World, valkey_url: str, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.rooms.list_versions.COMPARE_SECONDS", 0.1)
    device = await gateway.device(bob)
    room = world.room(alice, bob)
    world.touch(bob)
    bus = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await bus.start()
    # No key that a JSON object can have.
    untold = ToPerson(user_id=bob, name="notice", payload={"keys": {None: 1}})
    told = ToPerson(user_id=bob, name="notice", payload={"kind": "mention"})
    bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([untold, told]))

    assert await device.told("notice") == {"kind": "mention"}
    assert (await device.told("room:added"))["room"]["id"] == room.id
    await bus.close()


def garbled(event: Published, text: str) -> Published:
    return msgspec.structs.replace(event, packet=f"{PACKET_PREFIX}{text}]")


def joining(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.join("carol")


def ending(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.leave(bob, kind=events.MemberKicked, actor=alice)


def changing(room: FakeRoom, alice: str, bob: str) -> Published:
    return room.append(events.RoomUpdated(**room.header(alice), changes={"history": "all"}))


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
async def test_an_event_that_the_log_has_unreadable_too_is_passed_over_and_its_room_shown_anew(
    gateway: Gateway,
    world: World,
    worker: FakeWorker,
    alice: str,
    bob: str,
    happen: Happening,
    bobs: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.rooms.list_versions.COMPARE_SECONDS", 0.1)
    room, other = world.room(alice, bob, history="joined"), world.room(bob)
    room.send(alice, "before")
    alices, device = await gateway.device(alice), await gateway.device(bob)
    room.events[-1] = garbled(happen(room, alice, bob), "{}")
    worker.publish(room.events[-1], room.send(alice, "behind"), other.send(bob, "elsewhere"))
    await device.has(other.id, [2])

    # Whoever the event ended is shown nothing more, and all others everything.
    is_member = len(bobs) == 2
    await device.told("room:removed")
    await until(lambda: len(device.all("room:added")) == is_member)
    assert (await alices.told("room:added"))["seq"] in (3, 4)
    worker.publish(room.send(alice, "after"), other.send(bob, "at last"))
    await device.has(other.id, [2, 3])
    await until(lambda: alices.seqs(room.id)[-1:] == [5])
    assert 3 not in alices.seqs(room.id)
    assert len(device.all("room:added")) == is_member
    assert (5 in device.seqs(room.id)) is is_member


async def test_an_event_that_message_service_cannot_read_locks_nobody_out_of_its_room(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.rooms.list_versions.COMPARE_SECONDS", 0.1)
    room = world.room(alice, bob)
    early = await gateway.device(bob)
    room.send(alice, "lost on the bus")
    room.events[-1] = msgspec.structs.replace(room.events[-1], packet=NO_PACKET)
    worker.publish(room.send(alice, "behind"))

    late = await gateway.device(alice)
    await early.told("room:removed")
    await early.told("room:added")
    worker.publish(room.send(alice, "after"))
    await until(lambda: [device.seqs(room.id)[-1:] for device in (early, late)] == [[4], [4]])
    assert 2 not in early.seqs(room.id)
    answer = await late.ask("room:sync", {"rooms": {room.id: 1}})
    anew = answer["rooms"][room.id]
    assert (anew["reset"], [event["seq"] for event in anew["events"]]) == (True, [3, 4])


async def test_an_event_of_a_type_that_only_a_newer_version_knows_is_handed_on_as_it_is(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob, history="joined")
    first = await gateway.device(bob)
    newer = msgspec.structs.replace(room.send(alice, "x"), type="room.painted")
    room.events[-1] = garbled(newer, f'{{"type":"room.painted","room_id":"{room.id}","seq":2,"colour":[7]}}')
    worker.publish(room.events[-1], room.send(alice, "behind"))
    await first.has(room.id, [2, 3])
    assert (await (await gateway.device(bob)).ready())["rooms"][0]["head"] == 3


def test_an_event_that_cannot_be_written_costs_its_room_alone_what_is_due_behind_it(scene: Scene) -> None:
    other = scene.world.room(scene.alice)
    scene.connect()
    # No text that could be encoded.
    broken = msgspec.structs.replace(scene.room.send(scene.alice, "x"), packet="\ud800")
    events_due = [scene.room.send(scene.alice, "held"), broken, other.send(scene.alice, "elsewhere")]
    scene.do(lambda: scene.gateway.delivery.take(events_due))
    assert ("room:removed", {"room_id": scene.room.id, "reason": "reset"}) in scene.life.told
    assert scene.life.seqs(other.id) == [2]

    scene.gateway.services.slow.clear()
    scene.loop.pass_time(2 * COMPARE_SECONDS)
    assert scene.life.rooms[scene.room.id] == 3
    scene.gateway.worker.publish(scene.room.send(scene.alice, "after"))
    assert scene.life.seqs(scene.room.id) == [4]


@pytest.mark.parametrize("text", ["{}", '{"target":' * 5000])
async def test_whoever_syncs_across_an_event_that_cannot_be_read_begins_anew_behind_it(
    gateway: Gateway, world: World, alice: str, bob: str, text: str
) -> None:
    room, other = world.room(alice, history="joined"), world.room(alice, bob)
    room.send(alice, "before")
    room.join(bob)
    room.events[-1] = garbled(room.edit(2, "edited"), text)
    room.send(alice, "behind")
    device = await gateway.device(bob)
    answer = await device.ask("room:sync", {"rooms": {room.id: 3, other.id: 0}})
    assert [event["seq"] for event in answer["rooms"][other.id]["events"]] == [1]
    anew = answer["rooms"][room.id]
    assert (anew["reset"], anew["head"], [event["seq"] for event in anew["events"]]) == (True, 5, [5])
