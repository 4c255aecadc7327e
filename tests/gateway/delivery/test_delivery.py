"""Who gets an event if the audience changes in the same tick."""

import msgspec
import pytest

from chatflow.errors import Unauthenticated
from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.wire.bus import ReadMoved, RoomAppeared, RoomHidden
from gateway.delivery.catch_up import RETRY_SECONDS
from gateway.delivery.room_stream import SMALL_ROOM_MEMBERS
from gateway.delivery.signals import READ_SECONDS
from tests.gateway.handheld import Device
from tests.gateway.scene import Scene, losing, passing


def test_the_end_of_a_membership_is_the_last_event_that_its_person_gets(scene: Scene) -> None:
    room = scene.world.room(scene.bob, scene.alice)
    scene.connect()
    first = room.send(scene.bob, "and out")
    kicked = room.leave(scene.alice, kind=events.MemberKicked, actor=scene.bob)
    scene.gateway.worker.publish(first, kicked, room.send(scene.bob, "of whom we are rid"))
    assert scene.life.seqs(room.id) == [2, 3]
    assert scene.life.told[-1] == ("room:removed", {"room_id": room.id, "reason": "kicked"})


def test_whoever_is_let_in_gets_nothing_of_what_was_due_a_moment_before(scene: Scene) -> None:
    scene.connect()
    stream = scene.gateway.delivery.streams[scene.room.id]
    other = Device(scene.gateway)
    scene.connect_other(other, scene.bob)
    event = scene.room.send(scene.alice, "hello")

    def meet() -> None:
        assert other.session is not None
        scene.gateway.delivery.take([event])
        scene.gateway.delivery.let_in(other.session.connection, stream)
        other.session.connection.emit("room:added", {"room": {"id": scene.room.id}, "seq": stream.head})

    scene.do(meet)
    other.read()
    assert scene.life.seqs(scene.room.id) == [2]


def test_what_was_deleted_is_given_to_nobody_out_of_what_was_kept(scene: Scene) -> None:
    scene.connect()
    sent = scene.room.send(scene.alice, "regretted")
    deleted = scene.room.delete(2, actor=scene.alice)
    scene.gateway.worker.publish(sent, deleted)
    assert scene.life.seqs(scene.room.id) == [2, 3]
    # As the log tells of it from then on.
    scene.room.events[1] = msgspec.structs.replace(sent, packet=sent.packet.replace("regretted", ""))
    scene.gateway.services.slow.clear()
    scene.ask("room:sync", rooms={scene.room.id: 1})
    (answer,) = scene.answers()
    events_told = answer["rooms"][scene.room.id]["events"]
    assert [event["seq"] for event in events_told] == [2, 3]
    assert events_told[0]["message"]["text"] == ""


def test_a_connection_that_has_ended_is_let_in_nowhere_and_told_nothing(scene: Scene) -> None:
    scene.connect()
    connection, stream = scene.connection, scene.gateway.delivery.streams[scene.room.id]
    scene.do(lambda: scene.device.put("1"))
    scene.do(lambda: scene.gateway.delivery.let_in(connection, stream))
    assert not stream.is_wanted
    scene.do(lambda: connection.emit("notice", {}))
    assert scene.device.session is not None
    assert scene.device.session._queue == []


def test_a_connection_that_has_ended_goes_on_with_no_other_token(scene: Scene) -> None:
    scene.connect()
    connection, token = scene.connection, scene.device.new_token()
    scene.do(lambda: scene.device.put("1"))
    with pytest.raises(Unauthenticated):
        scene.loop.run_until_complete(scene.gateway.lifecycle.refresh(connection, token))
    assert scene.gateway.connections._by_session == {}


def test_being_let_in_ends_with_the_connection(scene: Scene) -> None:
    scene.do(lambda: scene.device.connect(scene.alice))
    assert len(scene.gateway.services.waiting) == 1
    scene.do(lambda: scene.device.put("1"))
    assert scene.gateway.services.waiting == []


@pytest.mark.parametrize("name", ["room:join", "room:sync"])
def test_what_is_asked_for_a_connection_alone_ends_with_it(scene: Scene, name: str) -> None:
    scene.connect()
    scene.ask(name, room_id=scene.room.id, rooms={scene.room.id: 0})
    assert len(scene.gateway.services.waiting) == 1
    scene.do(lambda: scene.device.put("1"))
    assert scene.gateway.services.waiting == []


def test_what_a_person_sets_is_kept_though_they_hang_up_at_once(scene: Scene) -> None:
    scene.gateway.services.slow.clear()
    scene.connect()

    def set_and_go() -> None:
        scene.device.ask("read:mark", room_id=scene.room.id, seq=1)
        scene.device.hang_up()

    scene.do(set_and_go)
    scene.loop.pass_time(1.0)
    assert scene.room.read == {scene.alice: 1}


def test_a_list_that_cannot_be_changed_is_remembered_of_nobody_who_has_gone(scene: Scene) -> None:
    scene.connect()
    scene.gateway.worker.signal(RoomAppeared(room_id=new_id(), user_ids=[scene.alice], seq=1))
    scene.loop.settle()
    scene.do(lambda: scene.device.put("1"))
    scene.gateway.services.let_go(0, failing=True)
    scene.loop.settle()
    assert scene.gateway.connections.rooms_versions == {}


@pytest.mark.parametrize(("leaving", "shown"), [(1, 1), (0, 0)])
def test_read_positions_are_shown_where_few_enough_are_left(scene: Scene, leaving: int, shown: int) -> None:
    others = [scene.world.person(str(number)) for number in range(SMALL_ROOM_MEMBERS)]
    room = scene.world.room(scene.alice, *others)
    scene.connect()
    for other in others[:leaving]:
        scene.gateway.worker.publish(room.leave(other))
    assert scene.life
    scene.gateway.worker.signal(ReadMoved(room_id=room.id, user_id=others[-1], seq=1, n=0))
    scene.loop.pass_time(2 * READ_SECONDS)
    assert len([payload for name, payload in scene.life.told if name == "read"]) == shown


def test_what_is_to_be_rechecked_during_a_comparison_stays_so(scene: Scene) -> None:
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.loop.settle()
    scene.gateway.worker.spoil = losing
    scene.gateway.worker.publish(scene.room.send(scene.alice, "lost"))
    scene.gateway.worker.spoil = passing
    scene.gateway.delivery.recheck()
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.answer()
    assert scene.answers() == []
    scene.loop.pass_time(RETRY_SECONDS)
    scene.answer()
    (answer,) = scene.answers()
    assert [event["seq"] for event in answer["rooms"][scene.room.id]["events"]] == [2]


def test_a_comparison_that_failed_is_made_again(scene: Scene) -> None:
    scene.connect()
    scene.gateway.delivery.recheck()
    scene.loop.settle()
    scene.gateway.services.let_go(0, failing=True)
    scene.ask("room:sync", rooms={scene.room.id: 1})
    scene.loop.pass_time(RETRY_SECONDS)
    scene.answer()
    assert [answer["rooms"][scene.room.id]["head"] for answer in scene.answers()] == [1]


def test_a_room_that_is_hidden_while_it_is_still_being_shown_stays_hidden(scene: Scene) -> None:
    room = scene.world.room(scene.bob, kind="direct")
    scene.connect()
    room.joined[scene.alice] = 1
    scene.gateway.worker.signal(RoomAppeared(room_id=room.id, user_ids=[scene.alice], seq=1))
    scene.loop.settle()
    room.hidden[scene.alice] = 0
    scene.gateway.worker.signal(RoomHidden(room_id=room.id, user_id=scene.alice))
    scene.loop.settle()
    # What was asked first is answered last.
    scene.gateway.services.let_go(1)
    scene.loop.settle()
    scene.answer()
    assert room.id not in scene.life.rooms
    scene.gateway.worker.publish(room.send(scene.bob, "and here it is"))
    assert scene.life.seqs(room.id) == [2]


def test_a_room_that_is_shown_again_while_it_is_still_being_hidden_stays_shown(scene: Scene) -> None:
    room = scene.world.room(scene.bob, scene.alice, kind="direct")
    scene.connect()
    room.hidden[scene.alice] = 0
    scene.gateway.worker.signal(RoomHidden(room_id=room.id, user_id=scene.alice))
    scene.loop.settle()
    del room.hidden[scene.alice]
    scene.gateway.worker.signal(RoomAppeared(room_id=room.id, user_ids=[scene.alice], seq=1))
    scene.loop.settle()
    scene.gateway.services.let_all_go()
    scene.loop.settle()
    assert room.id in scene.life.rooms
