"""The fields that all events about a message have in common."""

from typing import Any

from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.protocol.objects import Target
from chatflow.wire.log import MessageFacts


def about(facts: MessageFacts, *, state: RoomState, by: Context) -> dict[str, Any]:
    """Return these fields for the room's next event."""
    return {
        "room_id": state.room_id,
        "seq": state.head + 1,
        "n": state.n,
        "actor": by.actor,
        "at": by.at,
        "id": facts.id,
        "target": Target(facts.seq, facts.n, facts.sender, facts.mentions),
    }
