"""What a notice is: that an event concerns a person, on one channel, and the reason if they are not told."""

import uuid
from datetime import datetime
from typing import Literal

import msgspec

from chatflow.protocol.objects import NoticeKind

# Why somebody who is concerned is not told.
Suppressed = Literal["blocked", "room_muted", "room_level", "away", "kind_off", "dnd", "quiet", "read", "looking"]

IN_APP = "in_app"
# Never changes: the id of a notice follows from it, and is the same for the same event, person and channel.
NOTICES = uuid.UUID("0b4a0d53-7c1e-5a0b-9d2a-3f6d2b7f7c03")


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one person is told of one event, or is not told for the reason in `suppressed`."""

    id: str
    user_id: str
    room_id: str
    seq: int
    channel: str
    kind: NoticeKind
    actor: str
    # The event's time.
    at: str
    suppressed: Suppressed | None = None
    # The message that the event makes or changes, if it does.
    message_id: str | None = None
    # How it was decided, as `deciding/steps.py` writes it; null where a program from before it did.
    steps: str | None = None


# Events of one room within the same such span are one burst.
BURST_SECONDS = 60


def burst_id(notice: Notice) -> str:
    """Return what all notices of this person have in common that belong to one burst in a room.

    Like the id it follows from the event alone, so a notice that is told again belongs to the burst that it did.
    """
    span = int(datetime.fromisoformat(notice.at).timestamp()) // BURST_SECONDS
    return str(uuid.uuid5(NOTICES, f"{notice.room_id},{notice.user_id},{notice.channel},burst {span}"))


def notice_id(room_id: str, seq: int, *, user_id: str, channel: str) -> str:
    """Return the id of the notice: always the same, so that a notice recorded or sent twice is recognised."""
    return str(uuid.uuid5(NOTICES, f"{room_id},{seq},{user_id},{channel}"))
