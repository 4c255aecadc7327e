"""How a room loses what is older than it wants to keep: the system asks, and only for what the room still wants."""

from chat_service.deciding.rules.about import header
from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chatflow.errors import Forbidden, Invalid, NotFound
from chatflow.protocol.commands import TrimRoom
from chatflow.protocol.events import RoomTrimmed


def trim_room(state: RoomState, command: TrimRoom, context: Context) -> RoomTrimmed | None:
    if context.principal.kind != "system":
        raise Forbidden
    if not state.exists:
        raise NotFound
    if command.through_n > state.n:
        raise Invalid("There are not so many messages - at `$.through_n`")
    # The setting may have changed since somebody worked out which messages are too old.
    if command.retention_days != state.retention_days or command.through_n <= state.trimmed_n:
        return None
    return RoomTrimmed(
        **header(state, context=context),
        through_n=command.through_n,
    )
