"""The bus loses, doubles and reorders publications, and workers die; clients notice nothing."""

import asyncio
import random
from collections.abc import Callable

import pytest

from chatflow.ids import new_id
from chatflow.wire.bus import Publication
from gateway.metrics import EVENTS_FETCHED, GAPS, PUBLICATIONS_LOST
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World

Spoil = Callable[[Publication], list[Publication]]


def losing(publication: Publication) -> list[Publication]:
    return []


def doubling(publication: Publication) -> list[Publication]:
    return [publication, publication]


def unreliable() -> Spoil:
    """Lose a third, double a third, and hold some back until the next one has passed."""
    dice = random.Random(7)
    late: list[Publication] = []

    def spoil(publication: Publication) -> list[Publication]:
        passed = list(late)
        late.clear()
        fate = dice.random()
        late.extend([publication] if fate < 0.2 else [])
        return [publication] * (0 if fate < 0.5 else 1 if fate < 0.75 else 2) + passed

    return spoil


@pytest.mark.parametrize("spoil", [losing, doubling, unreliable()])
async def test_every_stream_is_gap_free_and_in_order(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str, spoil: Spoil
) -> None:
    room = world.room(alice, bob)
    devices = [await gateway.device(alice), await gateway.device(bob, transports=["polling"])]
    worker.spoil = spoil
    for number in range(60):
        worker.publish(room.send(alice, str(number)))
        await asyncio.sleep(0)
    for device in devices:
        await device.has(room.id, list(range(2, 62)))


async def test_the_loss_of_the_last_event_of_a_quiet_room_is_noticed(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    worker.spoil = losing
    worker.publish(room.send(alice, "lost"))
    await until(lambda: device.seqs(room.id) == [2], within_seconds=2.0)


async def test_what_a_worker_does_that_lives_and_is_not_heard_comes_all_the_same(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    """As where its channel's subscription was lost, and with it the heartbeats that would tell of the loss."""
    room = world.room(alice)
    device = await gateway.device(alice)
    await worker.fall_silent()
    room.send(alice, "stored, and heard of by nobody")
    await until(lambda: device.seqs(room.id) == [2], within_seconds=15.0)
    room.send(alice, "and this")
    answer = (await device.ask("room:sync", {"rooms": {room.id: 2}}))["rooms"][room.id]
    assert [event["seq"] for event in answer["events"]] == [3]


async def test_a_sync_waits_until_what_may_be_lost_was_compared_with_the_log(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room, other = world.room(alice), world.room(alice)
    device = await gateway.device(alice)
    readable = asyncio.Event()

    async def be_slow() -> None:
        await readable.wait()

    gateway.services.before_answer = be_slow
    worker.spoil = losing
    worker.publish(room.send(alice, "lost"))
    worker.heads.clear()
    worker.spoil = lambda publication: [publication]
    worker.publish(other.send(alice, "shows the loss"))
    await until(lambda: device.seqs(other.id) == [2])
    room_sync = asyncio.create_task(device.ask("room:sync", {"rooms": {room.id: 1}}))
    # By the time that this is answered, a sync that does not wait is answered too.
    await asyncio.sleep(0)
    await device.ask("ping:app", {})
    readable.set()
    answer = (await room_sync)["rooms"][room.id]
    assert (answer["head"], [event["seq"] for event in answer["events"]]) == (2, [2])


async def test_a_client_that_is_ahead_of_the_log_begins_anew(gateway: Gateway, world: World, alice: str) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    answer = (await device.ask("room:sync", {"rooms": {room.id: 2}}))["rooms"][room.id]
    assert (answer["reset"], answer["head"], answer["room"]["head"]) == (True, 1, 1)
    assert [event["seq"] for event in answer["events"]] == [1]


async def test_a_client_that_is_ahead_of_the_gateway_only_goes_on(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    event = room.send(alice, "got elsewhere")
    answer = (await device.ask("room:sync", {"rooms": {room.id: 2}}))["rooms"][room.id]
    assert answer == {"events": [], "head": 2, "reset": False}
    worker.publish(event)
    await device.has(room.id, [2])


async def test_a_lost_kick_still_ends_delivery_exactly_there(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    worker.spoil = losing
    await here.ask("room:kick", {"room_id": room.id, "user_id": bob})
    worker.spoil = doubling
    worker.publish(room.send(alice, "secret"))
    await here.has(room.id, [2, 3])
    await there.told("room:removed")
    assert there.seqs(room.id) == [2]


async def test_events_published_while_rows_are_asked_for_are_not_missed(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    device = gateway.new_device(alice)

    async def go_on() -> None:
        """The rows are read, and before they arrive the room moves on, of which nothing else will tell."""
        worker.publish(room.send(bob, "meanwhile"))
        worker.heads.clear()
        assert await worker.bus.publish_counted("events.w1", b"") > 0, "the gateway has it"

    gateway.services.before_answer = go_on
    await device.connect()
    ready = await device.ready()
    head = ready["rooms"][0]["head"]
    assert ready["rooms"][0]["unread"] == head - 1
    await device.has(room.id, list(range(head + 1, 3)))


async def test_a_row_that_the_stream_has_passed_is_brought_forward(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    first = await gateway.device(alice)

    async def go_on() -> None:
        worker.publish(room.send(bob, "meanwhile"))
        await first.has(room.id, [2])

    gateway.services.before_answer = go_on
    second = await gateway.device(alice)
    shown = (await second.ready())["rooms"][0]
    assert (shown["head"], shown["n"], shown["unread"]) == (2, 1, 1)
    worker.publish(room.send(bob, "after"))
    await second.has(room.id, [3])


async def test_nobody_is_let_in_before_the_stream_has_reached_the_row(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    first = await gateway.device(alice)
    room.send(bob, "stored, and not announced by anybody")
    room.send(bob, "this neither")
    second = await gateway.device(alice)
    assert (await second.ready())["rooms"][0]["head"] == 3
    worker.publish(room.send(bob, "after"))
    await second.has(room.id, [4])
    await first.has(room.id, [2, 3, 4])


async def test_an_answer_that_is_lost_is_asked_for_again(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    worker.is_deaf = True
    asking = asyncio.create_task(device.ask("message:send", {"room_id": room.id, "cid": "c", "text": "hello"}))
    await until(lambda: len(worker.received) == 1)
    worker.is_deaf = False
    assert (await asking)["seq"] == 2
    assert [(command.attempt, command.number) for command in worker.received] == [(1, 1), (2, 1)]


async def test_commands_go_to_the_next_owner_in_their_order_when_a_worker_dies(
    gateway: Gateway, world: World, worker: FakeWorker, valkey_url: str, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.commands.sender.SILENCE_SECONDS", 60.0)
    room = world.room(alice)
    device = await gateway.device(alice)
    worker.is_deaf = True
    asking = [
        asyncio.create_task(device.ask("message:send", {"room_id": room.id, "cid": f"c{n}", "text": str(n)}))
        for n in range(5)
    ]
    await until(lambda: len(worker.received) == 5)
    await worker.stop()
    successor = FakeWorker(world, valkey_url, name="w2")
    await successor.start()
    assert [(await answer)["seq"] for answer in asking] == [2, 3, 4, 5, 6]
    await device.has(room.id, [2, 3, 4, 5, 6])
    await successor.stop()


async def test_what_someone_got_and_nobody_answered_is_unknown_and_what_nobody_got_was_not_tried(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    device = await gateway.device(alice)
    worker.is_deaf = True
    got = asyncio.create_task(device.ask("message:send", {"room_id": new_id(), "cid": "c", "text": "x"}))
    await until(lambda: len(worker.received) == 1)
    await worker.stop()
    answer = await device.ask("message:send", {"room_id": new_id(), "cid": "c", "text": "x"})
    assert answer["error"]["code"] == "unavailable"
    assert (await got)["error"]["code"] == "timeout"
    await worker.start()


async def test_an_operator_sees_that_something_was_lost_and_fetched(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    counters = (PUBLICATIONS_LOST, GAPS, EVENTS_FETCHED)
    before = [counter._value.get() for counter in counters]
    worker.spoil = losing
    worker.publish(room.send(alice, "lost"))
    worker.spoil = lambda publication: [publication]
    worker.publish(room.send(alice, "comes"))
    await device.has(room.id, [2, 3])
    assert all(counter._value.get() > count for counter, count in zip(counters, before, strict=True))
