"""Being muted or a reader outlives leaving the room; and what muted people may still do."""

import hashlib
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chat_service.deciding.repeated_commands import DIFFERENT, find_conflict, known_from
from chat_service.deciding.state import RoomState
from chatflow.errors import Muted
from chatflow.instants import write_instant
from chatflow.protocol import commands
from chatflow.protocol.commands import AnyCommand
from chatflow.protocol.objects import Role
from chatflow.wire.log import LoadedRoom
from tests.chat_service.log_fold import LogFold
from tests.chat_service.people import ALICE, BOB, CAROL, DAVE, saying
from tests.chat_service.rooms import PureRoom, channel

HASH = hashlib.sha256(b"a secret").hexdigest()


def reloaded(room: PureRoom) -> PureRoom:
    """Return the room as another worker takes it up from the log."""
    fold = LogFold(room.room_id)
    for entry in room.entries:
        fold.apply(entry)
    fresh = PureRoom(room.room_id)
    loaded = LoadedRoom(room_id=room.room_id, head=fold.head, n=fold.n, snapshot=fold.snapshot())
    fresh.state, fresh.messages, fresh.entries = RoomState.from_load(loaded), room.messages, room.entries
    fresh.seconds = room.seconds
    return fresh


def leaving(room: PureRoom) -> None:
    room.do(BOB, commands.LeaveRoom(room_id=room.room_id))


def kicking(room: PureRoom) -> None:
    room.do(ALICE, commands.KickMember(room_id=room.room_id, user_id=BOB))


def banning(room: PureRoom) -> None:
    room.do(ALICE, commands.BanMember(room_id=room.room_id, user_id=BOB))
    room.do(ALICE, commands.UnbanMember(room_id=room.room_id, user_id=BOB))


def muted() -> PureRoom:
    """Return a room in which Bob is muted for a minute."""
    room = channel(BOB)
    until = write_instant(room.seconds + 60)
    room.do(ALICE, commands.MuteMember(room_id=room.room_id, user_id=BOB, until=until))
    return room


def words_of(room: PureRoom, message_id: str) -> list[AnyCommand]:
    """Return one of each command by which somebody is heard, or has others do something."""
    message, carol = {"room_id": room.room_id, "id": message_id}, {"room_id": room.room_id, "user_id": CAROL}
    return [
        saying(room.room_id),
        commands.EditMessage(**message, text="louder"),
        commands.AddReaction(**message, emoji="📢"),
        commands.RemoveReaction(**message, emoji="📢"),
        commands.PinMessage(**message),
        commands.UnpinMessage(**message),
        commands.UpdateRoom(room_id=room.room_id, name="loud"),
        commands.UpdateRoom(room_id=room.room_id, topic="loud"),
        commands.InviteMember(room_id=room.room_id, user_id=DAVE),
        commands.CreateInvite(room_id=room.room_id, secret_hash=HASH),
        commands.KickMember(**carol),
        commands.BanMember(**carol),
        commands.UnbanMember(**carol),
        commands.MuteMember(**carol),
        commands.ChangeRole(**carol, role="reader"),
    ]


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_the_muted_are_heard_by_no_command_and_moderate_nobody(role: Role) -> None:
    room = channel(BOB, CAROL)
    message_id = room.say(BOB)
    room.tell(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role=role))
    room.do(ALICE, commands.MuteMember(room_id=room.room_id, user_id=BOB))
    for command in words_of(room, message_id):
        assert room.refuse(BOB, command) == "muted", command


def test_the_muted_take_back_what_is_theirs_and_leave() -> None:
    room = channel(BOB)
    message_id = room.say(BOB)
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="moderator"))
    own, other = (
        room.do(person, commands.CreateInvite(room_id=room.room_id, secret_hash=HASH))["invite_id"]
        for person in (BOB, ALICE)
    )
    room.do(ALICE, commands.MuteMember(room_id=room.room_id, user_id=BOB))
    assert room.refuse(BOB, commands.RevokeInvite(room_id=room.room_id, invite_id=other)) == "muted"
    assert room.do(BOB, commands.RevokeInvite(room_id=room.room_id, invite_id=own))["type"] == "invite.revoked"
    assert room.do(BOB, commands.DeleteMessage(room_id=room.room_id, id=message_id))["type"] == "message.deleted"
    assert room.do(BOB, commands.LeaveRoom(room_id=room.room_id))["type"] == "member.left"


def test_an_owner_is_bound_by_no_mute_because_nobody_could_lift_it() -> None:
    room = muted()
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="owner"))
    assert room.say(BOB)
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="member"))
    assert room.refuse(BOB, saying(room.room_id)) == "muted"


def test_a_mute_says_how_long_it_lasts() -> None:
    room = muted()
    room.seconds += 20
    refusal = room.tell(BOB, saying(room.room_id))
    until = write_instant(room.seconds + 40)
    assert refusal == Muted(f"You are muted in this room until {until}.", retry_after=40.0).body
    room.seconds += 40
    assert room.say(BOB)


@pytest.mark.parametrize("leave", [leaving, kicking, banning])
def test_a_reader_comes_back_as_a_reader_also_at_another_worker(leave: Callable[[PureRoom], None]) -> None:
    room = channel(BOB, CAROL)
    room.do(ALICE, commands.CreateInvite(room_id=room.room_id, secret_hash=HASH))
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="reader"))
    ways: list[tuple[str, AnyCommand]] = [
        (BOB, commands.JoinRoom(room_id=room.room_id)),
        (BOB, commands.JoinRoom(invite=f"{room.room_id}.a secret")),
        (CAROL, commands.InviteMember(room_id=room.room_id, user_id=BOB)),
        (ALICE, commands.InviteMember(room_id=room.room_id, user_id=BOB)),
    ]
    for comer, way in ways:
        leave(room)
        room = reloaded(room)
        assert room.do(comer, way)["role"] == "reader", way


def test_who_is_invited_as_they_left_is_invited_once_and_to_no_other_role() -> None:
    room = channel()
    asked = commands.InviteMember(room_id=room.room_id, user_id=BOB)
    room.do(ALICE, asked)
    known = known_from(room.entries[-1])
    assert find_conflict(asked, known) is None
    assert find_conflict(replace(asked, role="moderator"), known) == DIFFERENT
    assert find_conflict(replace(asked, user_id=CAROL), known) == DIFFERENT


def test_only_whoever_may_give_roles_brings_a_reader_back_as_more() -> None:
    room = channel(BOB, CAROL)
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="reader"))
    room.do(BOB, commands.LeaveRoom(room_id=room.room_id))
    asked = commands.InviteMember(room_id=room.room_id, user_id=BOB, role="member")
    assert room.refuse(CAROL, asked) == "forbidden"
    assert room.do(ALICE, asked)["role"] == "member"
    room.do(BOB, commands.LeaveRoom(room_id=room.room_id))
    assert room.do(BOB, commands.JoinRoom(room_id=room.room_id))["role"] == "member"


def test_whoever_left_as_more_than_a_member_comes_back_as_a_member() -> None:
    room = channel(BOB)
    room.do(ALICE, commands.ChangeRole(room_id=room.room_id, user_id=BOB, role="moderator"))
    room.do(BOB, commands.LeaveRoom(room_id=room.room_id))
    assert room.do(BOB, commands.JoinRoom(room_id=room.room_id))["role"] == "member"
