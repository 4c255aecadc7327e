"""Lost signals are noticed by their sender's counter, and only then lists of rooms are compared."""

import msgspec
import pytest
import redis.asyncio

from chatflow.wire.bus import SIGNALS_CHANNEL, Count, RoomAppeared, RoomHidden, SignalCounter
from gateway.delivery.signal_counts import FORGOTTEN_SECONDS, SignalCounts
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import FakeRoom, World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.rooms.list_versions.COMPARE_SECONDS", 0.1)


def appear(worker: FakeWorker, room: FakeRoom, user_id: str) -> None:
    """Signal that somebody has this room now, as the worker does who let them in."""
    worker.world.touch(user_id)
    worker.signal(RoomAppeared(room_id=room.id, user_ids=[user_id], seq=room.head))


async def test_the_loss_of_the_last_signal_is_found_by_the_beat_and_the_room_shown(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    device = await gateway.device(bob)
    worker.loses_signals = True
    room = world.room(alice, bob)
    appear(worker, room, bob)
    assert (await device.told("room:added"))["room"]["id"] == room.id
    assert gateway.services.calls["versions"] == 1


async def test_the_loss_of_a_signal_is_found_by_the_next_one(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    device = await gateway.device(bob)
    lost, told = world.room(alice, bob), world.room(alice, bob)
    worker.loses_signals = True
    appear(worker, lost, bob)
    worker.loses_signals = False
    appear(worker, told, bob)
    await until(lambda: {added["room"]["id"] for added in device.all("room:added")} == {lost.id, told.id})


async def test_as_long_as_nothing_is_lost_nobody_is_asked(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    device = await gateway.device(bob)
    rooms = [world.room(alice, bob) for _ in range(5)]
    for room in rooms:
        appear(worker, room, bob)
    await until(lambda: len(device.all("room:added")) == len(rooms))
    await device.ask("typing:start", {"room_id": rooms[0].id})
    await device.ask("presence:set", {"status": "away"})
    assert "versions" not in gateway.services.calls


async def test_after_a_gap_of_the_bus_everybody_is_asked_for(
    gateway: Gateway, world: World, valkey_url: str, alice: str, bob: str
) -> None:
    """Whoever had something to tell may be gone, and nobody counts for them."""
    device = await gateway.device(bob)
    room = world.room(alice, bob)
    world.touch(bob)
    async with redis.asyncio.Redis.from_url(valkey_url) as server:
        await server.client_kill_filter(_type="pubsub")
    assert (await device.told("room:added"))["room"]["id"] == room.id


async def test_who_is_being_let_in_while_something_is_lost_is_asked_for_afterwards(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    other = await gateway.device(alice)
    device = gateway.new_device(bob)

    async def go_on() -> None:
        """Bob's rooms are read; before that arrives there is one more, of which nothing tells."""
        worker.loses_signals = True
        appear(worker, world.room(alice, bob), bob)
        await until(lambda: gateway.services.calls.get("versions", 0) >= 2)

    gateway.services.before_answer = go_on
    await device.connect()
    await device.told("room:added")
    assert not (await device.ready())["rooms"]
    assert other.client.connected


async def test_a_device_that_is_let_in_by_an_older_list_than_another_is_shown_what_was_lost(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice)
    first, second = gateway.new_device(bob), gateway.new_device(bob)

    async def go_on() -> None:
        """The first's rooms are read; before that arrives the second is let in, and into one more."""
        worker.loses_signals = True
        room.join(bob)
        appear(worker, room, bob)
        await second.connect()
        await until(lambda: gateway.services.calls.get("versions", 0) >= 1)

    gateway.services.before_answer = go_on
    await first.connect()
    assert (await first.told("room:added"))["room"]["id"] == room.id
    assert not (await first.ready())["rooms"]
    assert len((await second.ready())["rooms"]) == 1


async def test_however_much_is_lost_everybody_is_asked_for_in_few_calls(
    gateway: Gateway, world: World, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.rooms.list_versions.COMPARE_SECONDS", 1.0)
    people = [world.person(f"person {number}") for number in range(40)]
    devices = [await gateway.device(person) for person in people]
    worker.loses_signals = True
    for number in range(200):
        appear(worker, world.room(people[number % 40]), people[number % 40])
    await until(lambda: all(len(device.all("room:added")) == 5 for device in devices), within_seconds=10.0)
    assert gateway.services.calls["versions"] <= 3


async def test_whatever_a_gateway_had_to_tell_when_it_died_is_asked_for(
    gateway: Gateway, second: Gateway, monkeypatch: pytest.MonkeyPatch, world: World, alice: str, bob: str
) -> None:
    monkeypatch.setattr("gateway.cluster.siblings.GONE_SECONDS", 0.2)
    device = await gateway.device(bob)
    await second.device(alice)
    await device.sees(alice, "online")
    room = world.room(alice, bob)
    world.touch(bob)
    await second.close()
    assert (await device.told("room:added"))["room"]["id"] == room.id


async def test_an_older_process_that_does_not_count_is_understood(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    device = await gateway.device(bob)
    room = world.room(alice, bob)
    signal = {"type": "room_appeared", "room_id": room.id, "user_ids": [bob], "seq": 1}
    worker.bus.publish(SIGNALS_CHANNEL, msgspec.msgpack.encode([signal]))
    assert (await device.told("room:added"))["room"]["id"] == room.id


def test_an_older_gateway_understands_what_is_counted() -> None:
    """It reads a list of signals as they were, and knows of no count."""

    class Older(msgspec.Struct, frozen=True, tag="room_hidden"):
        room_id: str
        user_id: str

    publication = SignalCounter("g1").encode([RoomHidden("room", "bob"), RoomHidden("room", "carol")])
    read = msgspec.msgpack.decode(publication, type=list[Older])
    assert read == [Older("room", "bob"), Older("room", "carol")]


def test_each_hole_is_noticed_once_and_nothing_else() -> None:
    losses: list[None] = []
    now = [0.0]
    counts = SignalCounts(on_loss=lambda: losses.append(None), monotonic=lambda: now[0])
    for counter in (1, 2, 3):
        counts.on_publication(Count("w1", counter))
        counts.on_beat(Count("w1", counter))
    # One that comes late, or twice.
    counts.on_publication(Count("w1", 2))
    counts.on_beat(Count("w1", 3))
    assert len(losses) == 0
    counts.on_publication(Count("w1", 5))
    assert len(losses) == 1
    counts.on_beat(Count("w1", 6))
    counts.on_beat(Count("w1", 6))
    assert len(losses) == 2
    # Whoever begins counts from one; whoever was at work before they were heard may have told something.
    counts.on_beat(Count("w2", 0))
    counts.on_publication(Count("w2", 1))
    assert len(losses) == 2
    counts.on_beat(Count("w3", 7))
    assert len(losses) == 3


def test_senders_that_ended_are_forgotten() -> None:
    now = [0.0]
    counts = SignalCounts(on_loss=lambda: None, monotonic=lambda: now[0])
    for life in range(1000):
        now[0] += FORGOTTEN_SECONDS / 10
        counts.on_beat(Count(f"w1 in life {life}", 0))
    assert len(counts._received) <= 11
