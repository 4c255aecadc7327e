"""The fold counts as the protocol says, from events alone."""

from typing import Any

import pytest

from tests.actors.answers import Json
from tests.actors.fold import RoomState

ME, OTHER = "me", "other"


def state(**room: Any) -> RoomState:
    return RoomState({"head": 4, "n": 2, "unread": 1, "mentions": 1, "read_seq": 3, **room}, user_id=ME)


def created(seq: int, *, sender: str = OTHER, users: tuple[str, ...] = ()) -> Json:
    mentions = {"users": list(users), "all": False, "here": False}
    return {"seq": seq, "n": seq - 2, "type": "message.created", "message": {"sender": sender, "mentions": mentions}}


def deleted(seq: int, *, target_seq: int) -> Json:
    target = {"seq": target_seq, "sender": OTHER, "mentions": {"users": [ME]}}
    return {"seq": seq, "n": seq - 2, "type": "message.deleted", "target": target}


def counts(state: RoomState) -> tuple[int, int]:
    return state.room["unread"], state.room["mentions"]


def test_messages_of_others_are_unread_and_mentions_are_counted_apart() -> None:
    room = state()
    room.apply(created(5))
    room.apply(created(6, users=(ME,)))
    assert counts(room) == (3, 2)
    assert (room.room["head"], room.room["n"]) == (6, 4)


def test_sending_moves_ones_own_position() -> None:
    room = state()
    room.apply(created(5))
    room.apply(created(6, sender=ME))
    assert counts(room) == (0, 0)
    assert room.room["read_seq"] == 6


@pytest.mark.parametrize(("read_seq", "unread"), [(4, 2), (5, 1), (6, 0), (1, 3)])
def test_reading_takes_away_what_is_behind_the_position(read_seq: int, unread: int) -> None:
    room = state()
    room.apply(created(5))
    room.apply(created(6))
    room.read_up_to(read_seq)
    assert room.room["unread"] == unread


def test_a_deletion_takes_back_what_it_counted_before_and_after_the_beginning() -> None:
    room = state()
    room.apply(created(5, users=(ME,)))
    room.apply(deleted(6, target_seq=5))
    assert counts(room) == (1, 1)
    room.apply(deleted(7, target_seq=4))
    assert counts(room) == (0, 0)
