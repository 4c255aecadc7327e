"""What a gateway reads in events: what decides who gets the next one, and what newcomers are told instead of it."""

from collections.abc import Callable
from typing import Any

import msgspec

from chatflow.wire.bus import PACKET_PREFIX, Published
from chatflow.wire.withheld import WITHHOLDING, withhold

ENDS_MEMBERSHIP = {"member.left": "left", "member.kicked": "kicked", "member.banned": "banned"}


class Changes(msgspec.Struct):
    history: str | None = None


class RoomUpdated(msgspec.Struct):
    changes: Changes


class MemberMoved(msgspec.Struct):
    user_id: str


read_update: Callable[[str], RoomUpdated] = msgspec.json.Decoder(RoomUpdated).decode
read_move: Callable[[str], MemberMoved] = msgspec.json.Decoder(MemberMoved).decode


def event_text(event: Published) -> str:
    """Return the event itself, as JSON text, out of its packet."""
    return event.packet[len(PACKET_PREFIX) : -1]


def new_history(event: Published) -> str | None:
    """Return what a `room.updated` says of who may see earlier messages, None where that stays."""
    return read_update(event_text(event)).changes.history


def moved_member(event: Published) -> str:
    """Return whose membership began or ended."""
    return read_move(event_text(event)).user_id


READERS: dict[str, Callable[[Published], Any]] = {
    "room.updated": new_history,
    **dict.fromkeys(("member.joined", *ENDS_MEMBERSHIP), moved_member),
    **dict.fromkeys(WITHHOLDING, withhold),
}


def is_readable(event: Published) -> bool:
    """Tell whether all can be read that is read here as the event passes; most are handed on unread."""
    reader = READERS.get(event.type)
    if reader is None:
        return True
    try:
        reader(event)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
