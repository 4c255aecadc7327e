"""A client is answered in time whatever message_service does, and then nothing goes on asking for it."""

from typing import Any

import pytest

from chatflow.ids import new_id
from tests.gateway.scene import Scene, losing, passing

PROMISED_SECONDS = 10


def code(answer: Any) -> Any:
    return answer["error"]["code"]


@pytest.mark.parametrize(("after", "events"), [(0, 1500), (5, 0)])
def test_a_sync_is_answered_in_time_and_nobody_goes_on_asking_for_it(scene: Scene, after: int, events: int) -> None:
    scene.connect()
    scene.gateway.worker.publish(*(scene.room.send(scene.alice, str(number)) for number in range(events)))
    assert scene.life
    scene.ask("room:sync", rooms={scene.room.id: after})
    for _ in range(PROMISED_SECONDS):
        scene.loop.pass_time(1.0)
    (answer,) = scene.answers()
    assert code(answer["rooms"][scene.room.id]) == "timeout"
    scene.loop.settle()
    assert scene.gateway.services.waiting == []


def test_whoever_waits_for_events_that_never_come_is_forgotten_with_the_answer(scene: Scene) -> None:
    scene.connect()
    scene.gateway.services.slow.clear()
    stream = scene.gateway.delivery.streams[scene.room.id]
    scene.do(lambda: scene.gateway.delivery.note_head(scene.room.id, 5))
    scene.ask("room:sync", rooms={scene.room.id: 1})
    assert len(stream._waiters) == 1
    scene.loop.pass_time(PROMISED_SECONDS)
    assert [code(answer["rooms"][scene.room.id]) for answer in scene.answers()] == ["timeout"]
    assert stream._waiters == {}


def test_what_a_sync_found_is_told_although_another_room_cannot_be_read(scene: Scene) -> None:
    other = scene.world.room(scene.alice)
    scene.connect()
    scene.gateway.worker.publish(other.send(scene.alice, "hello"))
    scene.loop.settle()
    scene.ask("room:sync", rooms={scene.room.id: 5, other.id: 1})
    scene.loop.pass_time(PROMISED_SECONDS)
    (answer,) = scene.answers()
    assert code(answer["rooms"][scene.room.id]) == "timeout"
    assert answer["rooms"][other.id]["head"] == 2


def test_whoever_joins_is_answered_in_time_although_the_room_cannot_be_read(scene: Scene) -> None:
    other = scene.world.room(scene.world.person("bob"))
    scene.connect()
    scene.ask("room:join", room_id=other.id)
    for _ in range(PROMISED_SECONDS):
        scene.loop.pass_time(1.0)
    assert [code(answer) for answer in scene.answers()] == ["timeout"]


@pytest.mark.parametrize(
    ("name", "more"),
    [("read:mark", {"seq": 1}), ("room:notify", {"level": "all"}), ("thread:follow", {"id": new_id()})],
)
def test_what_is_set_is_answered_in_time(scene: Scene, name: str, more: dict[str, object]) -> None:
    scene.connect()
    scene.gateway.services.slow.add("personal")
    scene.ask(name, room_id=scene.room.id, **more)
    for _ in range(PROMISED_SECONDS):
        scene.loop.pass_time(1.0)
    assert [code(answer) for answer in scene.answers()] == ["timeout"]


def test_a_recheck_ends_with_the_last_who_listens(scene: Scene) -> None:
    """Otherwise the next one would wait for a comparison that nobody makes."""
    scene.connect()
    scene.gateway.worker.spoil = losing
    scene.gateway.worker.publish(scene.room.send(scene.alice, "lost"))
    scene.loop.pass_time(1.0)
    scene.gateway.worker.spoil = passing
    scene.do(lambda: scene.device.put("1"))
    scene.gateway.services.let_go(0, failing=True)
    scene.loop.pass_time(1.0)
    scene.device.client.disconnect()
    scene.connect()
    scene.ask("room:sync", rooms={scene.room.id: 2})
    (answer,) = scene.answers()
    assert answer["rooms"][scene.room.id]["head"] == 2


def test_a_socket_that_cannot_be_let_in_is_closed_so_that_its_client_tries_again(scene: Scene) -> None:
    scene.do(lambda: scene.device.connect(scene.alice))
    session = scene.device.session
    assert session is not None
    for _ in range(30):
        scene.loop.pass_time(1.0)
    assert session.closed
    assert scene.gateway.services.waiting == []
