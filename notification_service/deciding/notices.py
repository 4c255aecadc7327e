"""A notice: that one event concerns one person on one channel, whether they are told or why not."""

import uuid
from typing import Literal

import msgspec

from chatflow.protocol.objects import Reason

# Each reason is a kind of notice, which people can turn off.
Kind = Reason
# Why somebody who is concerned is not told.
Suppressed = Literal["blocked", "read", "looking", "away", "dnd", "room_muted", "room_level", "kind_off"]

IN_APP = "in_app"
# Fixed for good: the same event, person and channel always meet in the same notice, on every sink.
NOTICES = uuid.UUID("0b4a0d53-7c1e-5a0b-9d2a-3f6d2b7f7c03")


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    room_id: str
    seq: int
    channel: str
    kind: Kind
    actor: str
    # The event's time.
    at: str
    suppressed: Suppressed | None = None


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wishes to be told of in the app; rooms have levels of their own beside it."""

    mention: bool = True
    reply: bool = True
    direct: bool = True
    thread: bool = True
    invitation: bool = True

    def allow(self, kind: Kind) -> bool:
        allowed: bool = getattr(self, kind)
        return allowed


def notice_id(room_id: str, seq: int, *, user_id: str, channel: str) -> str:
    """Return the id that makes recording, and telling, the same notice twice harmless."""
    return str(uuid.uuid5(NOTICES, f"{room_id},{seq},{user_id},{channel}"))
