"""Which events may have to alert someone; who exactly is worked out later, by whoever takes the job."""

from chat_service.state import RoomState
from chatflow.protocol.events import Event, MemberJoined, MessageCreated, RoomCreated


def may_alert(state: RoomState, event: Event) -> bool:
    """Tell whether the event, which follows this state, owes anyone a look at it."""
    if isinstance(event, MessageCreated):
        message = event.message
        return bool(
            state.kind == "direct" or message.mentions or message.reply_to is not None or message.thread is not None
        )
    if isinstance(event, MemberJoined):
        return event.user_id != event.actor
    # A direct room says nothing until its first message.
    return isinstance(event, RoomCreated) and event.room.kind != "direct" and len(event.members) > 1
