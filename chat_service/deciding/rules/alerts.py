"""Decides which events may alert someone. An event alerts people; what one of them is told of it is a notice.

Whom exactly it alerts is worked out later, by message_service and the process that takes the job.
"""

from chat_service.deciding.state import RoomState
from chatflow.protocol.events import Event, MemberJoined, MessageCreated, MessageEdited, RoomCreated
from chatflow.protocol.objects import Mentions


def may_alert(state: RoomState, event: Event) -> bool:
    """Tell whether this event, the next after this state, may alert someone."""
    if isinstance(event, MessageCreated):
        message = event.message
        return bool(
            state.kind == "direct" or message.mentions or message.reply_to is not None or message.thread is not None
        )
    if isinstance(event, MessageEdited):
        return addresses_more(event.mentions, event.target.mentions_before or Mentions())
    if isinstance(event, MemberJoined):
        return event.user_id != event.actor
    # A direct room alerts nobody before its first message.
    return isinstance(event, RoomCreated) and event.room.kind != "direct" and len(event.members) > 1


def addresses_more(now: Mentions, before: Mentions) -> bool:
    """Tell whether an edit mentions anybody who was not mentioned before."""
    newly_named = now.all or (now.here and not before.here) or not set(now.users) <= set(before.users)
    return newly_named and not before.all
