"""Who may join a room, who is removed, and who may do that to whom."""

import hashlib

import pytest

from chatflow.ids import direct_room_id
from chatflow.instants import write_instant
from chatflow.protocol.commands import (
    BanMember,
    ChangeRole,
    CreateInvite,
    DeclineRoom,
    InviteMember,
    JoinRoom,
    KickMember,
    LeaveRoom,
    MuteMember,
    OpenDirect,
    RevokeInvite,
    UnbanMember,
    UpdateRoom,
)
from chatflow.protocol.events import FOREVER
from chatflow.protocol.objects import Role
from tests.chat_service.people import ALICE, BOB, CAROL, DAVE, founding, saying
from tests.chat_service.rooms import PureRoom, channel, direct

SECRET = "a secret of many bits"


def with_roles(**roles: Role) -> PureRoom:
    """Return a channel where Bob and Carol have these roles."""
    room = channel(BOB, CAROL)
    for name, role in roles.items():
        room.tell(ALICE, ChangeRole(room_id=room.room_id, user_id={"bob": BOB, "carol": CAROL}[name], role=role))
    return room


def with_invite(room: PureRoom, *, role: Role = "member", uses: int | None = None, until: str | None = None) -> str:
    secret_hash = hashlib.sha256(SECRET.encode()).hexdigest()
    command = CreateInvite(room_id=room.room_id, role=role, uses=uses, until=until, secret_hash=secret_hash)
    invite_id: str = room.do(ALICE, command)["invite_id"]
    return invite_id


def by_invite(room: PureRoom, secret: str = SECRET) -> JoinRoom:
    return JoinRoom(invite=f"{room.room_id}.{secret}")


def test_the_founder_owns_the_room_and_the_others_are_members() -> None:
    room_id, command = founding(members=[BOB, ALICE, BOB], topic=" on\n plants ")
    event = PureRoom(room_id).do(ALICE, command)
    assert event["members"] == [{"user_id": ALICE, "role": "owner"}, {"user_id": BOB}]
    assert event["room"]["member_count"] == 2
    assert event["room"]["topic"] == "on plants"
    assert (event["seq"], event["n"]) == (1, 0)


def test_a_group_is_private() -> None:
    room = channel(kind="group")
    assert room.state.private
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, private=False)) == "invalid"


@pytest.mark.parametrize("name", [" ", "\u200b", "\u3164", "a\0b", "gnp\u202eevil"])
def test_a_room_has_a_name_that_can_be_seen_and_upsets_nothing(name: str) -> None:
    room = channel()
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, name=name)) == "invalid"


def test_a_direct_room_is_its_people_and_they_never_change() -> None:
    room = direct(direct_room_id([ALICE, BOB]), ALICE, BOB)
    assert set(room.state.members) == {ALICE, BOB}
    assert room.changes_nothing(BOB, OpenDirect(user_ids=[ALICE]))
    assert room.changes_nothing(BOB, LeaveRoom(room_id=room.room_id))
    assert room.refuse(ALICE, InviteMember(room_id=room.room_id, user_id=CAROL)) == "forbidden"
    assert room.refuse(ALICE, KickMember(room_id=room.room_id, user_id=BOB)) == "forbidden"
    assert room.refuse(CAROL, JoinRoom(room_id=room.room_id)) == "not_found"


def test_nobody_opens_a_direct_room_with_themselves_or_under_another_id() -> None:
    assert PureRoom(direct_room_id([ALICE])).refuse(ALICE, OpenDirect(user_ids=[ALICE])) == "invalid"
    assert PureRoom(direct_room_id([ALICE, BOB])).refuse(CAROL, OpenDirect(user_ids=[BOB])) == "invalid"


def test_anyone_walks_into_an_open_channel_once() -> None:
    room = channel()
    assert room.do(BOB, JoinRoom(room_id=room.room_id))["role"] == "member"
    assert room.changes_nothing(BOB, JoinRoom(room_id=room.room_id))


def test_a_private_room_and_none_at_all_look_alike_to_strangers() -> None:
    private, nowhere = channel(private=True), PureRoom(direct_room_id([ALICE, BOB]))
    for room in (private, nowhere):
        assert room.refuse(BOB, JoinRoom(room_id=room.room_id)) == "not_found"
        assert room.refuse(BOB, LeaveRoom(room_id=room.room_id)) == "not_found"
        assert room.refuse(BOB, by_invite(room)) == "not_found"
        assert room.refuse(BOB, KickMember(room_id=room.room_id, user_id=ALICE)) == "not_found"
    assert channel().refuse(BOB, saying(private.room_id)) == "not_a_member"


def test_the_last_owner_hands_over_before_leaving() -> None:
    room = channel(BOB)
    assert room.refuse(ALICE, LeaveRoom(room_id=room.room_id)) == "conflict"
    assert room.refuse(ALICE, ChangeRole(room_id=room.room_id, user_id=ALICE, role="member")) == "conflict"
    room.do(ALICE, ChangeRole(room_id=room.room_id, user_id=BOB, role="owner"))
    assert room.do(ALICE, LeaveRoom(room_id=room.room_id))["type"] == "member.left"
    assert room.do(BOB, LeaveRoom(room_id=room.room_id))["type"] == "member.left"


def test_a_kicked_member_may_return_and_a_banned_one_not() -> None:
    room = channel(BOB)
    room.do(ALICE, KickMember(room_id=room.room_id, user_id=BOB))
    assert room.changes_nothing(ALICE, KickMember(room_id=room.room_id, user_id=BOB))
    assert room.refuse(BOB, saying(room.room_id)) == "not_a_member"
    room.do(BOB, JoinRoom(room_id=room.room_id))
    room.do(ALICE, BanMember(room_id=room.room_id, user_id=BOB))
    assert room.changes_nothing(ALICE, BanMember(room_id=room.room_id, user_id=BOB))
    assert room.refuse(BOB, JoinRoom(room_id=room.room_id)) == "banned"
    assert room.refuse(ALICE, InviteMember(room_id=room.room_id, user_id=BOB)) == "conflict"
    room.do(ALICE, UnbanMember(room_id=room.room_id, user_id=BOB))
    assert room.changes_nothing(ALICE, UnbanMember(room_id=room.room_id, user_id=BOB))
    assert room.do(BOB, JoinRoom(room_id=room.room_id))["type"] == "member.joined"


def test_only_members_are_banned_so_that_members_can_be_counted() -> None:
    room = channel()
    assert room.refuse(ALICE, BanMember(room_id=room.room_id, user_id=BOB)) == "not_found"


@pytest.mark.parametrize("role", ["reader", "member"])
def test_whoever_moderates_nothing_puts_nobody_out(role: Role) -> None:
    room = with_roles(bob=role)
    for command in (KickMember, BanMember, UnbanMember, MuteMember):
        assert room.refuse(BOB, command(room_id=room.room_id, user_id=CAROL)) == "forbidden"


def test_nobody_moderates_their_equals_or_those_above() -> None:
    room = with_roles(bob="moderator", carol="moderator")
    for other in (ALICE, CAROL, BOB):
        for command in (KickMember, BanMember, MuteMember):
            assert room.refuse(BOB, command(room_id=room.room_id, user_id=other)) == "forbidden"


def test_moderators_move_those_below_among_the_roles_below() -> None:
    room = with_roles(bob="moderator")
    assert room.do(BOB, ChangeRole(room_id=room.room_id, user_id=CAROL, role="reader"))["role"] == "reader"
    assert room.changes_nothing(BOB, ChangeRole(room_id=room.room_id, user_id=CAROL, role="reader"))
    assert room.refuse(BOB, ChangeRole(room_id=room.room_id, user_id=CAROL, role="moderator")) == "forbidden"
    assert room.refuse(BOB, ChangeRole(room_id=room.room_id, user_id=BOB, role="owner")) == "forbidden"
    assert room.refuse(BOB, ChangeRole(room_id=room.room_id, user_id=ALICE, role="member")) == "forbidden"
    assert room.refuse(CAROL, ChangeRole(room_id=room.room_id, user_id=CAROL, role="member")) == "forbidden"
    assert room.do(BOB, ChangeRole(room_id=room.room_id, user_id=BOB, role="member"))["role"] == "member"


def test_nobody_invites_to_a_role_that_they_may_not_give() -> None:
    room = with_roles(bob="moderator", carol="reader")
    assert room.refuse(CAROL, InviteMember(room_id=room.room_id, user_id=DAVE)) == "forbidden"
    assert room.refuse(BOB, InviteMember(room_id=room.room_id, user_id=DAVE, role="moderator")) == "forbidden"
    event = room.do(BOB, InviteMember(room_id=room.room_id, user_id=DAVE, role="reader"))
    assert (event["actor"], event["user_id"], event["role"]) == (BOB, DAVE, "reader")
    assert room.changes_nothing(BOB, InviteMember(room_id=room.room_id, user_id=DAVE))


def test_who_declined_is_brought_in_by_nobody_until_they_came_by_themselves() -> None:
    room = channel(BOB)
    inviting = InviteMember(room_id=room.room_id, user_id=BOB)
    room.do(BOB, DeclineRoom(room_id=room.room_id))
    assert room.refuse(ALICE, inviting) == "forbidden"
    room.do(BOB, JoinRoom(room_id=room.room_id))
    room.do(BOB, LeaveRoom(room_id=room.room_id))
    assert room.do(ALICE, inviting)["user_id"] == BOB


def test_a_mute_holds_until_its_time_and_survives_leaving() -> None:
    room = channel(BOB)
    until = write_instant(room.seconds + 60)
    assert room.do(ALICE, MuteMember(room_id=room.room_id, user_id=BOB, until=until))["until"] == until
    assert room.changes_nothing(ALICE, MuteMember(room_id=room.room_id, user_id=BOB, until=until))
    assert room.refuse(BOB, saying(room.room_id)) == "muted"
    room.do(BOB, LeaveRoom(room_id=room.room_id))
    room.do(BOB, JoinRoom(room_id=room.room_id))
    assert room.refuse(BOB, saying(room.room_id)) == "muted"
    room.seconds += 60
    assert room.say(BOB)


def test_a_mute_without_end_ends_by_null() -> None:
    room = channel(BOB)
    assert room.do(ALICE, MuteMember(room_id=room.room_id, user_id=BOB))["until"] == FOREVER
    assert room.refuse(BOB, saying(room.room_id)) == "muted"
    assert room.do(ALICE, MuteMember(room_id=room.room_id, user_id=BOB, until=None))["until"] is None
    assert room.say(BOB)


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2030-13-01T00:00:00Z"])
def test_a_mute_ends_in_the_future_or_is_invalid(until: str) -> None:
    room = channel(BOB)
    assert room.refuse(ALICE, MuteMember(room_id=room.room_id, user_id=BOB, until=until)) == "invalid"


def test_whoever_has_the_secret_joins_with_the_invitations_role() -> None:
    room = channel(private=True)
    invite_id = with_invite(room, role="reader")
    assert room.refuse(BOB, by_invite(room, "another secret")) == "not_found"
    event = room.do(BOB, by_invite(room))
    assert (event["role"], event["invite_id"], event["actor"]) == ("reader", invite_id, BOB)
    assert room.changes_nothing(BOB, by_invite(room))


def test_an_invitation_is_used_up() -> None:
    room = channel(private=True)
    with_invite(room, uses=1)
    room.do(BOB, by_invite(room))
    assert room.refuse(CAROL, by_invite(room)) == "not_found"


def test_an_invitation_ends_with_its_time() -> None:
    room = channel(private=True)
    with_invite(room, until=write_instant(room.seconds + 60))
    room.seconds += 60
    assert room.refuse(BOB, by_invite(room)) == "not_found"


def test_what_is_used_up_or_over_is_kept_no_longer_and_a_hundred_may_live() -> None:
    room = channel(private=True)
    for _ in range(120):
        with_invite(room, uses=1)
        room.do(BOB, by_invite(room))
        room.do(BOB, LeaveRoom(room_id=room.room_id))
    assert room.state.invites == {}

    for _ in range(99):
        with_invite(room, until=write_instant(room.seconds + 60))
    always = with_invite(room)
    one_more = CreateInvite(room_id=room.room_id, secret_hash=hashlib.sha256().hexdigest())
    assert room.refuse(ALICE, one_more) == "conflict"

    room.seconds += 60
    new = with_invite(room)
    assert room.state.invites.keys() == {always, new}


def test_a_revoked_invitation_opens_nothing() -> None:
    room = channel(BOB, private=False)
    invite_id = with_invite(room)
    assert room.refuse(BOB, RevokeInvite(room_id=room.room_id, invite_id=invite_id)) == "forbidden"
    room.do(ALICE, RevokeInvite(room_id=room.room_id, invite_id=invite_id))
    assert room.refuse(CAROL, by_invite(room)) == "not_found"
    assert room.refuse(ALICE, RevokeInvite(room_id=room.room_id, invite_id=invite_id)) == "not_found"


def test_links_are_made_by_moderators_and_never_to_ownership() -> None:
    room = with_roles(bob="moderator")
    hashed = "0" * 64
    assert room.refuse(CAROL, CreateInvite(room_id=room.room_id, secret_hash=hashed)) == "forbidden"
    assert room.refuse(BOB, CreateInvite(room_id=room.room_id, secret_hash=hashed, role="moderator")) == "forbidden"
    assert room.refuse(ALICE, CreateInvite(room_id=room.room_id, secret_hash=hashed, role="owner")) == "forbidden"
    assert room.refuse(ALICE, CreateInvite(room_id=room.room_id)) == "invalid"
    assert room.do(BOB, CreateInvite(room_id=room.room_id, secret_hash=hashed))["type"] == "invite.created"


def test_the_banned_are_let_in_by_no_link() -> None:
    room = channel(BOB)
    with_invite(room)
    room.do(ALICE, BanMember(room_id=room.room_id, user_id=BOB))
    assert room.refuse(BOB, by_invite(room)) == "banned"
