"""A read position can be set back: what follows counts as unread again, but for what one wrote oneself."""

from chatflow.protocol import events
from chatflow.protocol.objects import Mentions
from chatflow.wire.reads import ReadMark
from tests.contracts.message_store_log import RoomLog


def mark(room: RoomLog, user_id: str, seq: int) -> int | None:
    [position] = room.store.mark_read([ReadMark(user_id, room.room_id, seq)])
    return position.seq


def set_back(room: RoomLog, user_id: str, seq: int) -> int | None:
    [position] = room.store.mark_read([ReadMark(user_id, room.room_id, seq, sets=True)])
    return position.seq


def test_what_is_behind_a_position_set_back_is_unread_again(room: RoomLog, alice: str, bob: str) -> None:
    one, two = room.say(alice, "1"), room.say(alice, "2", mentions=Mentions(users=[bob]))
    mark(room, bob, two.seq)
    assert room.counts(bob) == (0, 0)

    assert set_back(room, bob, one.seq) == one.seq
    assert room.counts(bob) == (1, 1)

    assert set_back(room, bob, 0) == 0
    assert room.counts(bob) == (2, 1)
    assert (room.row(bob).room.read_seq, room.row(bob).read_n) == (0, 0)


def test_a_mark_after_that_moves_forward_as_ever(room: RoomLog, alice: str, bob: str) -> None:
    one, two, three = [room.say(alice, text) for text in "123"]
    mark(room, bob, three.seq)
    set_back(room, bob, one.seq)

    assert mark(room, bob, two.seq) == two.seq
    assert mark(room, bob, one.seq) == two.seq
    assert room.counts(bob) == (1, 0)
    assert mark(room, bob, three.seq) == three.seq
    assert room.counts(bob) == (0, 0)


def test_ones_own_messages_stay_read(room: RoomLog, alice: str, bob: str) -> None:
    one = room.say(alice, "1")
    own = [room.say(bob, "mine"), room.say(bob, "<@all>", mentions=Mentions(all=True))]
    two = room.say(alice, "2")
    set_back(room, bob, one.seq - 1)
    assert room.counts(bob) == (2, 0)

    room.write(room.about(events.MessageDeleted, bob, own[0]))
    assert room.counts(bob) == (2, 0)
    room.write(room.about(events.MessageDeleted, alice, two))
    assert room.counts(bob) == (1, 0)
    mark(room, bob, one.seq)
    assert room.counts(bob) == (0, 0)
    room.say(alice, "3")
    assert room.counts(bob) == (1, 0)


def test_ones_own_messages_stay_read_when_a_mark_moves_nothing(room: RoomLog, alice: str, bob: str) -> None:
    one = room.say(alice, "1")
    room.say(bob, "mine")
    room.say(alice, "2")
    set_back(room, bob, one.seq)
    assert room.counts(bob) == (1, 0)

    set_back(room, bob, one.seq)
    assert room.counts(bob) == (1, 0)
    mark(room, bob, one.seq - 1)
    assert room.counts(bob) == (1, 0)


def test_saying_something_reads_what_is_above_once_more(room: RoomLog, alice: str, bob: str) -> None:
    one = room.say(alice, "1")
    room.say(bob, "2")
    set_back(room, bob, one.seq - 1)
    assert room.counts(bob) == (1, 0)

    room.say(bob, "3")
    room.say(alice, "4")

    assert room.counts(bob) == (1, 0)
    assert mark(room, bob, room.head) == room.head
    assert room.counts(bob) == (0, 0)


def test_a_newcomer_gets_no_further_back_than_they_may_read(room: RoomLog, alice: str, carol: str) -> None:
    room.say(alice, "before")
    room.write(room.update(history="joined"), room.joining(carol))
    joined_at = room.head
    room.say(alice, "after")
    mark(room, carol, room.head)

    assert set_back(room, carol, 1) == joined_at
    assert room.counts(carol) == (1, 0)


def test_each_answer_says_which_of_two_is_newer(room: RoomLog, alice: str, bob: str) -> None:
    one = room.say(alice, "1")
    asked = [ReadMark(bob, room.room_id, one.seq), ReadMark(bob, room.room_id, 0, sets=True)]

    answers = [room.store.mark_read([mark])[0] for mark in [*asked, *asked]]

    assert [answer.moves for answer in answers] == [1, 2, 3, 4]
    assert [answer.seq for answer in answers] == [one.seq, 0, one.seq, 0]
