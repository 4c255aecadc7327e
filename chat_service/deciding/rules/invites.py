"""Invitations by link: anyone who has the secret may join until it is used up, expired or revoked."""

import hashlib

from chat_service.deciding.rules.about import header
from chat_service.deciding.rules.access import access_member
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.instants import read_instant
from chat_service.deciding.rules.permissions import Act, permit, refuse_granting
from chat_service.deciding.state import RoomState
from chatflow.errors import Conflict, Forbidden, Invalid, NotFound
from chatflow.protocol.commands import CreateInvite, RevokeInvite
from chatflow.protocol.events import InviteCreated, InviteRevoked
from chatflow.wire.log import InviteState

# All of them are loaded with the room.
LIVE_INVITES_AT_MOST = 100
SECRET_HASH_LENGTH = hashlib.sha256().digest_size * 2


def create_invite(state: RoomState, command: CreateInvite, context: Context) -> InviteCreated:
    member = permit(state, Act.SHARE_INVITE, context)
    if command.role == "owner":
        raise Forbidden  # anyone may get hold of a link
    refuse_granting(member, command.role)
    if len(command.secret_hash) != SECRET_HASH_LENGTH:
        raise Invalid("Not a hash - at `$.secret_hash`")
    until = None if command.until is None else read_instant(command.until, field="until")
    if until is not None and until <= context.at:
        raise Invalid("This time has passed - at `$.until`")
    if sum(is_live(invite, at=context.at) for invite in state.invites.values()) >= LIVE_INVITES_AT_MOST:
        raise Conflict("This room has too many invitations: revoke one first.")
    return InviteCreated(
        **header(state, context=context),
        invite_id=context.new_id,
        role=command.role,
        uses=command.uses,
        until=until,
    )


def revoke_invite(state: RoomState, command: RevokeInvite, context: Context) -> InviteRevoked:
    access_member(state, context.actor)
    invite = state.invites.get(command.invite_id)
    is_own = invite is not None and invite.created_by == context.actor
    if not is_own:
        permit(state, Act.REVOKE_INVITE, context)
    if invite is None:
        raise NotFound("There is no such invitation.")
    return InviteRevoked(
        **header(state, context=context),
        invite_id=command.invite_id,
    )


def access_invite(state: RoomState, token: str, *, at: str) -> InviteState:
    """Return the invitation for the token `<room_id>.<secret>`; a wrong token reveals nothing about the room."""
    secret_hash = hash_of_secret(token.partition(".")[2])
    for invite in state.invites.values():
        if invite.secret_hash == secret_hash and is_live(invite, at=at):
            return invite
    raise NotFound("This invitation is not valid.")


def hash_of_secret(secret: str) -> str:
    # Nobody can guess 128 random bits, so a fast hash protects them as well as a slow one.
    return hashlib.sha256(secret.encode()).hexdigest()


def is_live(invite: InviteState, *, at: str) -> bool:
    return (invite.until is None or invite.until > at) and invite.uses_left != 0
