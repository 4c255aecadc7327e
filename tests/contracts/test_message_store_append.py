"""Appending to a message store: one log without gaps per room, whoever writes, however often, in whatever order."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatflow.errors import Invalid, Unavailable
from chatflow.wire.log import Check, RunResult
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog, in_time
from tests.contracts.message_store_profiles import opened


def seqs(room: RoomLog) -> list[int]:
    return [event.seq for event in room.events().events]


def test_a_run_at_the_head_is_held_and_read_back(room: RoomLog, alice: str, bob: str) -> None:
    result = room.append(room.message(alice, "one"), room.message(bob, "two"))

    assert result == RunResult(room_id=room.room_id, applied=2, head=3)
    assert seqs(room) == [1, 2, 3]
    assert (room.loaded().head, room.loaded().n) == (3, 2)


def test_what_was_held_is_there_when_the_store_is_opened_again(
    message_store_url: str, room: RoomLog, alice: str
) -> None:
    room.say(alice, "still here")

    with opened(message_store_url) as later:
        [answer] = later.events({room.room_id: 0}, limit=10, tail=False)

    assert answer.events == room.events().events


@pytest.mark.parametrize("expected_head", [0, 1, 3, 9])
def test_a_run_that_expects_another_head_is_refused_whole(room: RoomLog, alice: str, expected_head: int) -> None:
    room.say(alice, "one")
    stranger = RoomLog(room.store, owner=alice, room_id=room.room_id)
    stranger.head = expected_head

    result = stranger.append(stranger.message(alice, "elsewhere"))

    assert result == RunResult(room_id=room.room_id, applied=0, head=2, stopped_by="head")
    assert seqs(room) == [1, 2]


def test_a_run_of_a_room_that_does_not_exist_begins_at_zero(store: MessageStore, alice: str) -> None:
    room = RoomLog(store, owner=alice)
    room.head = 5

    assert room.append(room.message(alice, "early")).stopped_by == "head"
    assert room.loaded().head == 0


def test_a_replay_is_held_as_if_just_written(room: RoomLog, alice: str) -> None:
    run = room.run(room.message(alice, "one"), room.message(alice, "two"))
    first = room.store.append([run], deadline=in_time())

    assert room.store.append([run], deadline=in_time()) == first
    assert seqs(room) == [1, 2, 3]
    assert room.counts(room.owner) == (0, 0)


def test_a_replay_behind_which_others_wrote_is_held(room: RoomLog, alice: str, bob: str) -> None:
    run = room.run(room.message(alice, "mine"))
    room.store.append([run], deadline=in_time())
    room.say(bob, "another")

    assert room.store.append([run], deadline=in_time()) == [RunResult(room_id=room.room_id, applied=1, head=3)]
    assert seqs(room) == [1, 2, 3]


def test_a_replay_writes_what_was_not_written_yet(room: RoomLog, alice: str) -> None:
    one, two = room.message(alice, "one"), room.message(alice, "two")
    room.append(one)

    assert room.append(one, two) == RunResult(room_id=room.room_id, applied=2, head=3)
    assert seqs(room) == [1, 2, 3]


def test_a_replay_ends_where_another_took_the_slot(room: RoomLog, alice: str, bob: str) -> None:
    one, two = room.message(alice, "one"), room.message(alice, "two")
    room.append(one)
    other = RoomLog(room.store, owner=bob, room_id=room.room_id)
    other.head, other.n = 2, 1
    other.say(bob, "faster")

    assert room.append(one, two) == RunResult(room_id=room.room_id, applied=1, head=3, stopped_by="head")


def test_a_known_op_stops_its_entry_and_everything_behind_it(room: RoomLog, alice: str, bob: str) -> None:
    first = room.message(alice, "once", op="c:same")
    room.append(first)
    entries = [room.message(bob, "before"), room.message(alice, "once", op="c:same"), room.message(bob, "behind")]

    result = room.append(*entries)

    assert (result.applied, result.head, result.stopped_by) == (1, 3, "op")
    assert result.known is not None
    assert (result.known.id, result.known.seq, result.known.n) == (first.id, 2, 1)
    assert result.known.body == {"text": "once", "reply_to": None, "thread": None, "attachments": []}


def test_an_op_is_known_to_the_run_that_makes_it(room: RoomLog, alice: str) -> None:
    result = room.append(room.message(alice, "a", op="c:twice"), room.message(alice, "b", op="c:twice"))

    assert (result.applied, result.stopped_by) == (1, "op")
    assert result.known is not None
    assert result.known.seq == 2


def test_the_same_op_of_another_person_or_in_another_room_is_another_op(
    room: RoomLog, alice: str, bob: str, store: MessageStore
) -> None:
    other = RoomLog(store, owner=alice)
    other.begin()

    room.write(room.message(alice, "a", op="c:1"), room.message(bob, "b", op="c:1"))
    other.write(other.message(alice, "c", op="c:1"))


def test_a_check_at_its_place_holds_without_a_trace(room: RoomLog, alice: str, bob: str) -> None:
    check = Check(actor=bob, op="c:refused")

    assert room.append(room.message(alice, "a"), check, room.message(alice, "b")).applied == 3
    assert seqs(room) == [1, 2, 3]
    # What was refused stored no op, so that it is decided anew.
    assert room.append(room.message(bob, "allowed by now", op="c:refused")).applied == 1


def test_a_check_whose_op_is_known_is_stopped_by_its_first_result(room: RoomLog, alice: str) -> None:
    room.write(room.message(alice, "done", op="c:done"))

    result = room.append(Check(actor=alice, op="c:done"), room.message(alice, "behind"))

    assert (result.applied, result.stopped_by) == (0, "op")
    assert result.known is not None
    assert result.known.seq == 2


def test_a_check_away_from_the_head_is_refused(room: RoomLog, alice: str, bob: str) -> None:
    check = Check(actor=bob, op="c:refused")
    room.say(alice, "moved on")

    assert room.append(check, expected_head=1) == RunResult(room_id=room.room_id, applied=0, head=2, stopped_by="head")
    assert room.append(check, expected_head=2).applied == 1


def test_a_check_behind_a_replayed_entry_is_refused_once_others_wrote(room: RoomLog, alice: str, bob: str) -> None:
    entry, check = room.message(alice, "a"), Check(actor=bob, op="c:refused")
    room.append(entry)
    room.say(bob, "moved on")

    assert room.append(entry, check) == RunResult(room_id=room.room_id, applied=1, head=3, stopped_by="head")


def test_a_check_before_a_replayed_entry_holds_though_others_wrote(room: RoomLog, alice: str, bob: str) -> None:
    """A check that was true right before an entry when it was written stays true at that place."""
    checks = [Check(actor=bob, op=f"c:refused-{number}") for number in range(3)]
    run = room.run(checks[0], room.message(alice, "a"), checks[1], checks[2], room.message(alice, "b"))
    room.store.append([run], deadline=in_time())
    room.say(bob, "another")

    assert room.store.append([run], deadline=in_time()) == [RunResult(room_id=room.room_id, applied=5, head=4)]


def test_one_rooms_refusal_touches_no_other(room: RoomLog, store: MessageStore, alice: str) -> None:
    other = RoomLog(store, owner=alice)
    other.begin()
    late = RoomLog(store, owner=alice, room_id=room.room_id)

    runs = [late.run(late.creation()), other.run(other.message(alice, "fine"))]
    results = store.append(runs, deadline=in_time())

    assert [(result.applied, result.stopped_by) for result in results] == [(0, "head"), (1, None)]
    assert seqs(other) == [1, 2]


def test_past_the_deadline_nothing_is_written(room: RoomLog, alice: str) -> None:
    run = room.run(room.message(alice, "late"))

    with pytest.raises(Unavailable):
        room.store.append([run], deadline=time.time() - 0.001)

    assert seqs(room) == [1]
    assert room.store.append([run], deadline=in_time())[0].applied == 1


def test_a_room_twice_in_one_append_is_a_mistake(room: RoomLog, alice: str) -> None:
    run = room.run(room.message(alice, "a"))

    with pytest.raises(Invalid):
        room.store.append([run, run], deadline=in_time())


def test_entries_that_do_not_follow_on_each_other_are_a_mistake(room: RoomLog, alice: str) -> None:
    one, _, three = room.message(alice, "1"), room.message(alice, "2"), room.message(alice, "3")

    with pytest.raises(Invalid):
        room.append(one, three)

    assert seqs(room) == [1]


def test_writers_that_believe_in_the_same_head_cannot_both_win(
    message_store_url: str, room: RoomLog, alice: str
) -> None:
    """Each writer has its own connection; they race for every slot, and retry until all of their own stand."""
    writers, each = 4, 5
    start = threading.Barrier(writers)

    def write(number: int) -> None:
        with opened(message_store_url) as store:
            log = RoomLog(store, owner=alice, room_id=room.room_id)
            start.wait()
            for index in range(each):
                applied = 0
                while not applied:
                    loaded = log.loaded()
                    log.head, log.n = loaded.head, loaded.n
                    applied = log.append(log.message(alice, f"{number}.{index}", op=f"c:{number}.{index}")).applied

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))

    assert seqs(room) == list(range(1, writers * each + 2))
    assert room.loaded().n == writers * each
