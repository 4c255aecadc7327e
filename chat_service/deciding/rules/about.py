"""The fields that events have in common."""

from typing import Any

from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.protocol.objects import Target
from chatflow.wire.log import MessageState


def header(state: RoomState, *, context: Context) -> dict[str, Any]:
    """Return the fields that every event has, for the room's next event that is no message."""
    return {"room_id": state.room_id, "seq": state.head + 1, "n": state.n, "actor": context.actor, "at": context.at}


def about(message: MessageState, *, state: RoomState, context: Context) -> dict[str, Any]:
    """Return the fields that every event about a message has, for the room's next event."""
    target = Target(message.seq, message.n, message.sender, message.mentions)
    return {**header(state, context=context), "id": message.id, "target": target}
