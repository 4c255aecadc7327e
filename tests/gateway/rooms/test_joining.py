"""Rooms change in a person's list while rows are read; still each socket is let in where it belongs, at one seq."""

from typing import Any

import pytest

from chatflow.wire.bus import RoomAppeared, RoomHidden
from tests.gateway.handheld import Device
from tests.gateway.scene import Scene


def test_a_direct_room_that_is_left_is_hidden_until_its_next_message(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    scene.gateway.services.slow.clear()
    scene.connect()
    scene.ask("room:leave", room_id=direct.id)
    assert scene.answers() == [{"ok": True, "seq": 1}]
    assert direct.id not in scene.life.rooms
    scene.gateway.worker.publish(direct.send(scene.bob, "are you there?"))
    assert scene.life.rooms[direct.id] == 2


def test_a_direct_room_stays_hidden_from_whoever_connects_until_its_next_message(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    direct.hidden[scene.alice] = 0
    scene.connect()
    assert direct.id not in scene.life.rooms
    scene.gateway.worker.publish(direct.send(scene.bob, "are you there?"))
    assert scene.life.rooms[direct.id] == 2


def test_what_is_no_message_does_not_bring_a_hidden_room_back(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    direct.send(scene.bob, "sorry")
    direct.hidden[scene.alice] = 1
    scene.connect()
    scene.gateway.worker.publish(direct.delete(2, actor=scene.bob))
    assert direct.id not in scene.life.rooms
    scene.gateway.worker.publish(direct.send(scene.bob, "are you there?"))
    assert scene.life.rooms[direct.id] == 4


def test_a_hidden_room_is_waited_for_as_long_as_its_person_is_here(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    direct.hidden[scene.alice] = 0
    other = Device(scene.gateway)
    scene.connect()
    scene.connect_other(other, scene.alice)
    scene.do(other.hang_up)
    assert direct.id in scene.gateway.delivery.streams
    scene.do(scene.device.hang_up)
    assert scene.gateway.delivery.streams == {}


def test_a_hidden_room_is_waited_for_by_nobody_who_has_gone(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    scene.connect()
    direct.hidden[scene.alice] = 0
    scene.gateway.worker.signal(RoomHidden(room_id=direct.id, user_id=scene.alice))
    assert scene.life
    scene.do(scene.device.hang_up)
    scene.answer()
    assert scene.gateway.delivery.streams == {}


def test_a_room_that_is_hidden_and_shown_before_the_gateway_looks_stays(scene: Scene) -> None:
    direct = scene.world.room(scene.alice, scene.bob, kind="direct")
    scene.connect()
    scene.gateway.worker.signal(RoomHidden(room_id=direct.id, user_id=scene.alice))
    assert scene.life
    scene.answer()
    assert [name for name, _ in scene.life.told] == ["ready"]
    scene.gateway.worker.publish(direct.send(scene.bob, "hello"))
    assert scene.life.rooms[direct.id] == 2


@pytest.mark.parametrize("signal", [RoomHidden, RoomAppeared])
def test_of_a_room_that_its_person_is_no_member_of_nothing_comes_and_nothing_is_kept(
    scene: Scene, signal: type[Any]
) -> None:
    other = scene.world.room(scene.bob)
    scene.connect()
    whom = {"user_id": scene.alice} if signal is RoomHidden else {"user_ids": [scene.alice], "seq": 1}
    scene.gateway.worker.signal(signal(room_id=other.id, **whom))
    assert scene.life
    scene.answer()
    assert scene.life.rooms.keys() == {scene.room.id}
    assert scene.gateway.delivery.streams.keys() == {scene.room.id}


def test_a_row_that_cannot_be_brought_forward_is_read_again(scene: Scene) -> None:
    room = scene.world.room(scene.alice, scene.bob)
    scene.connect_other(Device(scene.gateway), scene.bob)
    scene.do(lambda: scene.device.connect(scene.alice))
    scene.gateway.worker.publish(room.send(scene.bob, "said and taken back"))
    scene.gateway.worker.publish(room.delete(2, actor=scene.bob))
    scene.loop.settle()
    scene.answer()
    scene.answer()
    assert scene.life.rooms == {scene.room.id: 1, room.id: 3}
    scene.gateway.worker.publish(room.send(scene.bob, "hello"))
    assert scene.life.rooms[room.id] == 4


def test_a_membership_that_ended_before_the_row_was_read_again_lets_nobody_in(scene: Scene) -> None:
    room = scene.world.room(scene.alice, scene.bob)
    scene.connect_other(Device(scene.gateway), scene.bob)
    scene.do(lambda: scene.device.connect(scene.alice))
    scene.gateway.worker.publish(room.leave(scene.alice))
    scene.gateway.worker.publish(room.send(scene.bob, "said and taken back"))
    scene.gateway.worker.publish(room.delete(3, actor=scene.bob))
    scene.loop.settle()
    scene.answer()
    scene.answer()
    assert scene.life.rooms == {scene.room.id: 1}
    scene.gateway.worker.publish(room.send(scene.bob, "of whom we are rid"))
    assert scene.life.rooms == {scene.room.id: 1}


def test_rows_that_are_overtaken_again_and_again_end_the_socket_and_leave_nothing(scene: Scene) -> None:
    room = scene.world.room(scene.alice, scene.bob)
    other = Device(scene.gateway)
    scene.connect_other(other, scene.bob)
    scene.do(lambda: scene.device.connect(scene.alice))
    session = scene.device.session
    assert session is not None
    for _ in range(6):
        seq = room.send(scene.bob, "said and taken back").seq
        scene.gateway.worker.publish(room.events[-1])
        scene.gateway.worker.publish(room.delete(seq, actor=scene.bob))
        scene.loop.settle()
        scene.answer()
    assert session.closed
    scene.do(other.hang_up)
    scene.loop.pass_time(5.0)
    assert scene.gateway.delivery.streams == {}


def test_who_joins_before_being_ready_gets_what_happens_in_the_room_behind_it(scene: Scene) -> None:
    other = scene.world.room(scene.bob)
    scene.do(lambda: scene.device.connect(scene.alice))
    scene.device.read()
    scene.ask("room:join", room_id=other.id)
    # The row that the join asks for, if it asks already; what is read at the connecting was asked for before.
    scene.gateway.services.let_go(1)
    scene.loop.settle()
    scene.gateway.worker.publish(other.send(scene.bob, "hello"))
    assert not scene.life.is_ready
    scene.gateway.services.let_all_go()
    assert [answer["ok"] for answer in scene.answers()] == [True]
    scene.gateway.worker.publish(other.send(scene.bob, "again"))
    assert scene.life.rooms[other.id] == 4
