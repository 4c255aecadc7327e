"""Who is in a room: joining, leaving, and what members may do to one another."""

from msgspec import UNSET

from chat_service.deciding.rules.about import header
from chat_service.deciding.rules.access import access_member, access_other, stranger_error
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.instants import read_instant
from chat_service.deciding.rules.invites import access_invite
from chat_service.deciding.rules.permissions import (
    CANNOT_BE_ADDED,
    RANK,
    Act,
    may,
    permit,
    refuse_adding,
    refuse_granting,
    refuse_unless_above,
)
from chat_service.deciding.state import RoomState
from chatflow.errors import Archived, Banned, Conflict, Forbidden, Invalid
from chatflow.protocol.commands import (
    BanMember,
    ChangeRole,
    DeclineRoom,
    InviteMember,
    JoinRoom,
    KickMember,
    LeaveRoom,
    MuteMember,
    UnbanMember,
)
from chatflow.protocol.events import (
    FOREVER,
    MemberBanned,
    MemberJoined,
    MemberKicked,
    MemberLeft,
    MemberMuted,
    MemberRole,
    MemberUnbanned,
)
from chatflow.protocol.objects import Role


def join_room(state: RoomState, command: JoinRoom, context: Context) -> MemberJoined | None:
    """Join an open channel, or any room by an invitation."""
    if context.actor in state.members:
        return None
    invite = access_invite(state, command.invite, at=context.at) if command.invite is not None else None
    if invite is None and not state.open_to_strangers:
        raise stranger_error(state)
    if context.actor in state.banned:
        raise Banned
    if state.archived:
        raise Archived
    return MemberJoined(
        **header(state, context=context),
        user_id=context.actor,
        role=role_of_comer(state, context.actor, given="member" if invite is None else invite.role),
        invite_id=None if invite is None else invite.invite_id,
    )


def leave_room(state: RoomState, _: LeaveRoom | DeclineRoom, context: Context) -> MemberLeft | None:
    member = access_member(state, context.actor)
    if state.kind == "direct":
        return None  # a direct room's people never change; hiding it is a personal matter
    if member.role == "owner" and len(state.members) > 1 and is_last_owner(state, context.actor):
        # Choosing a new owner automatically would give the room to someone who did not ask for it.
        raise Conflict("You are the last owner: make someone else an owner first.")
    return MemberLeft(**header(state, context=context), user_id=context.actor)


def role_of_comer(state: RoomState, user_id: str, *, given: Role) -> Role:
    """Keep a reader who comes back a reader: neither a link nor an open room undoes what a moderator decided."""
    return "reader" if user_id in state.away_readers else given


def invite_member(state: RoomState, command: InviteMember, context: Context) -> MemberJoined | None:
    member = permit(state, Act.INVITE, context)
    if command.role is UNSET:
        role = role_of_comer(state, command.user_id, given="member")
    else:
        role = command.role
        refuse_granting(member, role)
        if command.user_id in state.away_readers and role != "reader" and not may(state, member.role, Act.CHANGE_ROLE):
            raise Forbidden("This person left as a reader: only a moderator may bring them back as more.")
    if command.user_id in state.members:
        return None
    if command.user_id in state.banned:
        raise Conflict("This person is banned from the room.")
    if command.user_id in state.declined:
        raise Forbidden(CANNOT_BE_ADDED)
    refuse_adding([command.user_id], context)
    return MemberJoined(
        **header(state, context=context),
        user_id=command.user_id,
        role=role,
    )


def kick_member(state: RoomState, command: KickMember, context: Context) -> MemberKicked | None:
    member = permit(state, Act.KICK, context)
    other = state.members.get(command.user_id)
    if other is None:
        return None
    refuse_unless_above(member, other)
    return MemberKicked(**header(state, context=context), user_id=command.user_id)


def ban_member(state: RoomState, command: BanMember, context: Context) -> MemberBanned | None:
    """Ban a member; only members can be, as the event ends a membership and so members can be counted by a fold."""
    member = permit(state, Act.BAN, context)
    if command.user_id in state.banned:
        return None
    refuse_unless_above(member, access_other(state, command.user_id))
    return MemberBanned(**header(state, context=context), user_id=command.user_id)


def unban_member(state: RoomState, command: UnbanMember, context: Context) -> MemberUnbanned | None:
    permit(state, Act.BAN, context)
    if command.user_id not in state.banned:
        return None
    return MemberUnbanned(**header(state, context=context), user_id=command.user_id)


def mute_member(state: RoomState, command: MuteMember, context: Context) -> MemberMuted | None:
    member = permit(state, Act.MUTE, context)
    if command.user_id not in state.muted or command.user_id in state.members:
        refuse_unless_above(member, access_other(state, command.user_id))
    until = muted_until(command, at=context.at)
    if state.muted.get(command.user_id) == until:
        return None
    return MemberMuted(
        **header(state, context=context),
        user_id=command.user_id,
        until=until,
    )


def muted_until(command: MuteMember, *, at: str) -> str | None:
    if command.until is UNSET:
        return FOREVER
    if command.until is None:
        return None
    until = read_instant(command.until, field="until")
    if until <= at:
        raise Invalid("This time has passed - at `$.until`")
    return until


def change_role(state: RoomState, command: ChangeRole, context: Context) -> MemberRole | None:
    """Change a role: owners give any role; moderators only roles below their own, to members below them."""
    member = permit(state, Act.CHANGE_ROLE, context)
    other = access_other(state, command.user_id)
    if member.role != "owner":
        if command.user_id != context.actor:
            refuse_unless_above(member, other)
        if RANK[command.role] >= RANK[member.role] and command.role != other.role:
            raise Forbidden
    if other.role == command.role:
        return None
    if other.role == "owner" and is_last_owner(state, command.user_id):
        raise Conflict("This is the last owner: make someone else an owner first.")
    return MemberRole(
        **header(state, context=context),
        user_id=command.user_id,
        role=command.role,
    )


def is_last_owner(state: RoomState, user_id: str) -> bool:
    return not any(member.role == "owner" for member in state.members.values() if member.user_id != user_id)
