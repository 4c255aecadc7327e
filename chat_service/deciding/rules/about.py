"""The fields that events have in common."""

from typing import Any

from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.protocol.objects import Target
from chatflow.wire.log import MessageState


def header(state: RoomState, *, by: Context) -> dict[str, Any]:
    """Return the fields that every event has, for the room's next event that is no message."""
    return {"room_id": state.room_id, "seq": state.head + 1, "n": state.n, "actor": by.actor, "at": by.at}


def about(message: MessageState, *, state: RoomState, by: Context) -> dict[str, Any]:
    """Return the fields that every event about a message has, for the room's next event."""
    target = Target(message.seq, message.n, message.sender, message.mentions)
    return {**header(state, by=by), "id": message.id, "target": target}
