"""Which consumers of the outbox are owed an event; a new one is a name in `chatflow/wire/outbox.py` and a rule here.

A rule is asked about every event, so it may look at nothing but the event and the room's state before it.
"""

from collections.abc import Callable

from chat_service.deciding.rules.alerts import may_alert
from chat_service.deciding.state import RoomState
from chatflow.protocol.events import Event
from chatflow.wire.outbox import ALERTS

RULES: dict[str, Callable[[RoomState, Event], bool]] = {ALERTS: may_alert}


def consumers_of(state: RoomState, event: Event) -> list[str]:
    """Return the consumers that are owed this event, the next after this state."""
    return [consumer for consumer, is_owed in RULES.items() if is_owed(state, event)]
