"""If message_service cannot answer for one room or person, it still answers for all others."""

import asyncio

from gateway.delivery.catch_up import ALONE_SECONDS
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.scene import Scene, losing, passing
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World


async def test_what_was_lost_in_all_other_rooms_is_fetched_and_in_this_one_as_soon_as_it_can_be(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    rooms = [world.room(alice) for _ in range(20)]
    bad = rooms[7]
    device = await gateway.device(alice)
    gateway.services.failing_ids = {bad.id}
    worker.spoil = losing
    worker.publish(*(room.send(alice, "lost") for room in rooms))
    worker.spoil = passing
    for room in rooms:
        await device.has(room.id, [2] * (room is not bad))
    worker.publish(rooms[0].send(alice, "goes on"))
    await device.has(rooms[0].id, [2, 3])

    gateway.services.failing_ids = set()
    await until(lambda: device.seqs(bad.id) == [2], within_seconds=2 * ALONE_SECONDS)


def test_a_room_that_cannot_be_told_is_asked_for_seldom_and_comes_as_soon_as_it_can_be(scene: Scene) -> None:
    services, worker = scene.gateway.services, scene.gateway.worker
    services.slow.clear()
    scene.connect_other(scene.device, scene.alice)
    services.fakes.failing_ids = {scene.room.id}
    worker.spoil = losing
    worker.publish(scene.room.send(scene.alice, "lost"))
    worker.spoil = passing
    scene.loop.pass_time(10.0)
    failures = services.fakes.failures
    assert failures < 10
    scene.loop.pass_time(20.0)
    assert services.fakes.failures - failures <= 20.0 / ALONE_SECONDS + 1

    services.fakes.failing_ids = set()
    scene.loop.pass_time(ALONE_SECONDS)
    assert scene.life.seqs(scene.room.id) == [2]


async def test_everybody_else_is_let_in(gateway: Gateway, world: World) -> None:
    people = [world.person(f"person {number}") for number in range(12)]
    gateway.services.failing_ids = {people[9]}
    gateway.services.open.clear()
    devices = [gateway.new_device(person) for person in people]
    for device in devices:
        await device.connect()
    gateway.services.open.set()
    await asyncio.gather(*(device.ready() for device in devices if device.user_id != people[9]))
    assert not devices[9].all("ready")


async def test_a_sync_tells_of_all_other_rooms(gateway: Gateway, world: World, alice: str) -> None:
    rooms = [world.room(alice) for _ in range(5)]
    device = await gateway.device(alice)
    gateway.services.failing_ids = {rooms[2].id}
    answer = await device.ask("room:sync", {"rooms": {room.id: 0 for room in rooms}})
    heads = [answer["rooms"][room.id].get("head") for room in rooms]
    assert heads == [1, 1, None, 1, 1]
    assert answer["rooms"][rooms[2].id]["error"]["code"] == "internal"
