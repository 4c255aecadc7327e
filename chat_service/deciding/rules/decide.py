"""The room's decision on a command: an event, nothing if there is nothing to change, or a refusal."""

from collections.abc import Callable
from typing import Any

from chat_service.deciding.rules import creation, invites, marks, membership, messages, retention, settings
from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.errors import ChatFlowError, ErrorBody
from chatflow.protocol import commands
from chatflow.protocol.commands import AnyCommand
from chatflow.protocol.events import Event

RULES: dict[type[AnyCommand], Callable[[RoomState, Any, Context], Event | None]] = {
    commands.CreateRoom: creation.create_room,
    commands.OpenDirect: creation.open_direct,
    commands.JoinRoom: membership.join_room,
    commands.LeaveRoom: membership.leave_room,
    # The event looks like any other leaving; that the person declined is kept in the log alone.
    commands.DeclineRoom: membership.leave_room,
    commands.InviteMember: membership.invite_member,
    commands.KickMember: membership.kick_member,
    commands.BanMember: membership.ban_member,
    commands.UnbanMember: membership.unban_member,
    commands.ChangeRole: membership.change_role,
    commands.MuteMember: membership.mute_member,
    commands.UpdateRoom: settings.update_room,
    commands.CreateInvite: invites.create_invite,
    commands.RevokeInvite: invites.revoke_invite,
    commands.SendMessage: messages.send_message,
    commands.EditMessage: messages.edit_message,
    commands.DeleteMessage: messages.delete_message,
    commands.AddReaction: marks.add_reaction,
    commands.RemoveReaction: marks.remove_reaction,
    commands.PinMessage: marks.pin_message,
    commands.UnpinMessage: marks.unpin_message,
    commands.TrimRoom: retention.trim_room,
}


def decide(state: RoomState, command: AnyCommand, context: Context) -> Event | ErrorBody | None:
    """Return the next event of the room, None if the command changes nothing, or the refusal."""
    try:
        return RULES[type(command)](state, command, context)
    except ChatFlowError as refusal:
        return refusal.body
