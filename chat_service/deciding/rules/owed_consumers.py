"""Which consumers of the outbox are owed an event; a new one is a name in `chatflow/wire/outbox.py` and a rule here.

A rule is asked about every event, so it may look at nothing but the event and the room's state before it. What a room's
members watch for is looked up by notification_service, and here only that somebody does.
"""

from collections.abc import Callable

from chat_service.deciding.rules.alerts import may_alert
from chat_service.deciding.state import RoomState
from chat_service.deciding.watched_rooms import NOBODY_WATCHES, WatchedRooms
from chatflow.protocol.events import Event, MessageCreated
from chatflow.wire.outbox import ALERTS

RULES: dict[str, Callable[[RoomState, Event], bool]] = {ALERTS: may_alert}


def consumers_of(state: RoomState, event: Event, *, watched: WatchedRooms = NOBODY_WATCHES) -> list[str]:
    """Return the consumers that are owed this event, the next after this state."""
    owed_to = [consumer for consumer, is_owed in RULES.items() if is_owed(state, event)]
    if ALERTS not in owed_to and isinstance(event, MessageCreated) and event.message.text and watched.has(state):
        owed_to.append(ALERTS)
    return owed_to
