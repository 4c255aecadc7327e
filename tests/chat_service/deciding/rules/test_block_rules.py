"""What a block keeps two people from: hearing from each other in their direct room, and being added by the other."""

import msgspec
import pytest

from chatflow.auth.account_facts.pages import FactPage, PersonBlocked
from chatflow.ids import created_room_id, direct_room_id
from chatflow.protocol.commands import (
    AddReaction,
    AnyCommand,
    CreateRoom,
    DeleteMessage,
    EditMessage,
    InviteMember,
    LeaveRoom,
    OpenDirect,
    PinMessage,
    RemoveReaction,
)
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.rooms import PureRoom, channel, direct

PAIRS = pytest.mark.parametrize("pair", [(ALICE, BOB), (BOB, ALICE)])


def block(room: PureRoom, user_id: str, blocked_id: str, *, holds: bool = True) -> None:
    room.facts.absorb(FactPage(room.facts.position + 1, [PersonBlocked(user_id, blocked_id, holds)]))


def room_of(*people: str) -> PureRoom:
    return direct(direct_room_id(list(people)), *people)


@PAIRS
def test_neither_reaches_the_other_in_their_direct_room_until_the_block_ends(pair: tuple[str, str]) -> None:
    room = room_of(ALICE, BOB)
    own = {person: room.say(person) for person in (ALICE, BOB)}
    room.do(ALICE, AddReaction(room_id=room.room_id, id=own[BOB], emoji="👍"))
    block(room, *pair)

    for person, other in ((ALICE, BOB), (BOB, ALICE)):
        refused: list[AnyCommand] = [
            saying(room.room_id),
            EditMessage(room_id=room.room_id, id=own[person], text="changed"),
            AddReaction(room_id=room.room_id, id=own[other], emoji="🎉"),
            RemoveReaction(room_id=room.room_id, id=own[other], emoji="👍"),
            PinMessage(room_id=room.room_id, id=own[other]),
        ]
        assert {room.refuse(person, command) for command in refused} == {"forbidden"}
    block(room, *pair, holds=False)
    room.say(ALICE)
    room.say(BOB)


@PAIRS
def test_neither_is_told_who_blocks_whom(pair: tuple[str, str]) -> None:
    room = room_of(ALICE, BOB)
    block(room, *pair)

    errors = [room.tell(person, saying(room.room_id)) for person in (ALICE, BOB)]

    assert [msgspec.to_builtins(error)["message"] for error in errors] == ["One of you blocks the other."] * 2


@PAIRS
def test_what_is_ones_own_can_be_deleted_and_the_room_be_left_and_found_again(pair: tuple[str, str]) -> None:
    room = room_of(ALICE, BOB)
    said = room.say(BOB)
    block(room, *pair)

    room.do(BOB, DeleteMessage(room_id=room.room_id, id=said))
    assert room.changes_nothing(BOB, LeaveRoom(room_id=room.room_id))
    assert room.changes_nothing(BOB, OpenDirect(user_ids=[ALICE]))


@PAIRS
def test_no_direct_room_begins_between_them(pair: tuple[str, str]) -> None:
    room = PureRoom(direct_room_id([ALICE, BOB]))
    block(room, *pair)

    assert room.refuse(ALICE, OpenDirect(user_ids=[BOB])) == "forbidden"
    block(room, *pair, holds=False)
    room.do(ALICE, OpenDirect(user_ids=[BOB]))


def test_whoever_is_blocked_adds_who_blocks_them_to_nothing_and_the_other_way_round_they_may() -> None:
    room = channel(BOB, owner=ALICE)
    block(room, CAROL, BOB)
    group = PureRoom(created_room_id(BOB, "c:one"))
    block(group, CAROL, BOB)
    several = PureRoom(direct_room_id([ALICE, BOB, CAROL]))
    block(several, CAROL, BOB)

    assert room.refuse(BOB, InviteMember(room_id=room.room_id, user_id=CAROL)) == "forbidden"
    assert group.refuse(BOB, CreateRoom(cid="one", kind="group", name="x", members=[ALICE, CAROL])) == "forbidden"
    assert several.refuse(BOB, OpenDirect(user_ids=[ALICE, CAROL])) == "forbidden"
    room.do(ALICE, InviteMember(room_id=room.room_id, user_id=CAROL))
    several.do(CAROL, OpenDirect(user_ids=[ALICE, BOB]))


def test_who_is_blocked_is_not_told_it_when_they_add_somebody() -> None:
    room = channel(BOB, owner=ALICE)
    block(room, CAROL, BOB)
    # Whoever declined looks the same.
    error = msgspec.to_builtins(room.tell(BOB, InviteMember(room_id=room.room_id, user_id=CAROL)))

    assert error["message"] == "This person cannot be added; an invitation link lets them come by themselves."


def test_groups_and_direct_rooms_of_several_go_on() -> None:
    several, group = room_of(ALICE, BOB, CAROL), channel(BOB, owner=ALICE)
    for room in (several, group):
        block(room, ALICE, BOB)
        said = room.say(BOB)
        room.say(ALICE)
        room.do(ALICE, AddReaction(room_id=room.room_id, id=said, emoji="👍"))
