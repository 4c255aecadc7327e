"""Looks up a room's members and messages, the only way to them; strangers learn nothing that they may not know."""

from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.errors import ChatFlowError, NotAMember, NotFound
from chatflow.wire.log import MemberState, MessageState


def access_member(state: RoomState, user_id: str) -> MemberState:
    """Return the membership of the person who asks."""
    member = state.members.get(user_id)
    if member is None:
        raise stranger_error(state)
    return member


def stranger_error(state: RoomState) -> ChatFlowError:
    """Return the same error for a private room as for one that does not exist."""
    return NotAMember() if state.open_to_strangers else NotFound()


def access_other(state: RoomState, user_id: str) -> MemberState:
    """Return the membership of the person whom a member's command is about."""
    member = state.members.get(user_id)
    if member is None:
        raise NotFound("This person is not in the room.")
    return member


def access_message(
    state: RoomState, message_id: str, *, context: Context, member: MemberState, even_if_gone: bool = False
) -> MessageState:
    """Return a message that this member may read and that still has content."""
    message = context.messages.get(message_id)
    hidden = (
        message is None
        or (message.deleted and not even_if_gone)
        or (state.history == "joined" and message.seq < member.joined_seq)
    )
    if message is None or hidden:
        raise NotFound("There is no such message.")
    return message
