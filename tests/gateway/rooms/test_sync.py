"""A sync returns what the person may see, up to where live events go on, even if one of the two changes meanwhile."""

import pytest

from chatflow.protocol import events
from gateway.delivery.catch_up import RETRY_SECONDS
from gateway.delivery.worker_feeds import SILENT_SECONDS
from tests.gateway.scene import Scene


@pytest.mark.parametrize("after", [0, 5], ids=["from the log", "ahead of it"])
def test_whoever_is_thrown_out_while_a_room_is_read_is_shown_nothing_of_it(scene: Scene, after: int) -> None:
    room = scene.world.room(scene.bob, scene.alice)
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.ask("room:sync", rooms={room.id: after})
    scene.answer()
    scene.gateway.worker.publish(room.leave(scene.alice, kind=events.MemberBanned, actor=scene.bob))
    assert room.id not in scene.life.rooms
    scene.gateway.services.let_all_go()
    assert [answer["rooms"][room.id]["error"]["code"] for answer in scene.answers()] == ["not_found"]


def test_whoever_is_thrown_out_while_a_room_is_compared_is_shown_nothing_of_it(scene: Scene) -> None:
    room = scene.world.room(scene.bob, scene.alice)
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.ask("room:sync", rooms={room.id: 1})
    scene.gateway.worker.publish(room.leave(scene.alice, kind=events.MemberBanned, actor=scene.bob))
    assert room.id not in scene.life.rooms
    scene.gateway.services.let_all_go()
    assert [answer["rooms"][room.id]["error"]["code"] for answer in scene.answers()] == ["not_found"]


@pytest.mark.parametrize("may_answer", [0, 1], ids=["compared", "read"])
def test_whoever_is_thrown_out_while_a_room_cannot_be_told_of_is_answered_at_once(
    scene: Scene, may_answer: int
) -> None:
    room, other = scene.world.room(scene.bob, scene.alice), scene.world.room(scene.bob, scene.alice)
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.ask("room:sync", rooms={room.id: 0})
    scene.ask("room:sync", rooms={other.id: 0})
    for _ in range(may_answer):
        scene.answer()
    begun = scene.loop.time()
    scene.gateway.worker.publish(room.leave(scene.alice, kind=events.MemberKicked, actor=scene.bob))
    assert [list(answer["rooms"]) for answer in scene.answers()] == [[room.id]]
    assert scene.answers()[0]["rooms"][room.id]["error"]["code"] == "not_found"
    assert scene.loop.time() == begun

    scene.gateway.services.let_all_go()
    assert scene.answers()[1]["rooms"][other.id]["head"] == 1


def test_what_the_log_has_before_it_came_by_the_bus_comes_live(scene: Scene) -> None:
    scene.connect()
    event = scene.room.send(scene.alice, "stored, and not published yet")
    scene.ask("room:sync", rooms={scene.room.id: 0})
    scene.answer()
    (answer,) = scene.answers()
    found = answer["rooms"][scene.room.id]
    assert ([shown["seq"] for shown in found["events"]], found["head"]) == ([1], 1)
    scene.gateway.worker.publish(event)
    assert scene.life.seqs(scene.room.id) == [2]


def test_where_a_worker_is_silent_a_sync_waits_for_one_comparison_however_many_ask_behind_it(scene: Scene) -> None:
    scene.connect()
    *_, heart = scene.gateway.running
    heart.cancel()
    scene.gateway.services.slow.remove("events")
    scene.loop.pass_time(2 * SILENT_SECONDS)
    scene.gateway.services.slow.add("events")
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.answer()
    assert len(scene.answers()) == 1
    # What the second learns must have been read after it asked.
    scene.loop.pass_time(RETRY_SECONDS)
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.answer()
    assert len(scene.answers()) == 2


def test_a_sync_waits_for_one_comparison_however_much_is_lost_behind_it(scene: Scene) -> None:
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.do(scene.gateway.delivery.recheck)
    scene.answer()
    assert len(scene.answers()) == 1


def test_of_what_no_longer_fits_into_an_answer_the_log_is_not_asked(scene: Scene) -> None:
    rooms = [scene.world.room(scene.alice) for _ in range(3)]
    for room in rooms:
        for _ in range(600):
            room.send(scene.alice, "x" * 1000)
    scene.connect()
    scene.ask("room:sync", rooms={room.id: 1 for room in rooms})
    scene.answer()
    (answer,) = scene.answers()
    assert list(answer["rooms"]) == [rooms[0].id]
    assert answer["more"] == [room.id for room in rooms[1:]]
    assert scene.gateway.services.waiting == []


def test_the_syncs_of_a_connection_are_answered_one_after_the_other(scene: Scene) -> None:
    rooms = [scene.room, scene.world.room(scene.alice)]
    scene.connect()
    for room in rooms:
        scene.ask("room:sync", rooms={room.id: 0})
    for answered in (0, 1):
        assert (len(scene.answers()), len(scene.gateway.services.waiting)) == (answered, 1)
        scene.answer()
        scene.loop.pass_time(0.1)
    assert [list(answer["rooms"]) for answer in scene.answers()] == [[room.id] for room in rooms]


def test_a_room_of_which_nothing_comes_keeps_no_other_from_being_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.rooms.sync.ROOMS_PER_CALL", 1)
    other = scene.world.room(scene.alice)
    other.send(scene.alice, "before anybody listens")
    scene.connect()
    scene.gateway.services.slow.clear()
    scene.do(lambda: scene.gateway.delivery.note_head(scene.room.id, 5))
    scene.ask("room:sync", rooms={scene.room.id: 1, other.id: 1})
    scene.loop.pass_time(10)
    (answer,) = scene.answers()
    assert answer["rooms"][scene.room.id]["error"]["code"] == "timeout"
    assert answer["rooms"][other.id]["head"] == 2
