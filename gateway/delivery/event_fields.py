"""Reads the few fields of events that a gateway needs: they decide who gets the next event, and what newcomers see."""

from collections.abc import Callable
from typing import Any

import msgspec

from chatflow.errors import UNREADABLE
from chatflow.protocol.told import Leaving
from chatflow.wire.bus import NO_PACKET, PACKET_PREFIX, Published
from chatflow.wire.withheld import WITHHOLDING, withhold

ENDS_MEMBERSHIP: dict[str, Leaving] = {"member.left": "left", "member.kicked": "kicked", "member.banned": "banned"}


class Changes(msgspec.Struct):
    history: str | None = None


class RoomUpdated(msgspec.Struct):
    changes: Changes


class MemberMoved(msgspec.Struct):
    user_id: str


read_update: Callable[[str], RoomUpdated] = msgspec.json.Decoder(RoomUpdated).decode
read_move: Callable[[str], MemberMoved] = msgspec.json.Decoder(MemberMoved).decode


def event_text(event: Published) -> str:
    """Return the JSON text of the event inside its packet."""
    return event.packet[len(PACKET_PREFIX) : -1]


def new_history(event: Published) -> str | None:
    """Return the new value of `history` (who may see earlier messages) in a `room.updated`, None if it is unchanged."""
    return read_update(event_text(event)).changes.history


def moved_member(event: Published) -> str:
    """Return the id of the person whose membership began or ended."""
    return read_move(event_text(event)).user_id


READERS: dict[str, Callable[[Published], Any]] = {
    "room.updated": new_history,
    **dict.fromkeys(("member.joined", *ENDS_MEMBERSHIP), moved_member),
    **dict.fromkeys(WITHHOLDING, withhold),
}


def is_readable(event: Published) -> bool:
    """Tell whether the fields that the gateway needs can be read; most events need none and pass unread."""
    if event.packet == NO_PACKET:
        return False
    reader = READERS.get(event.type)
    if reader is None:
        return True
    try:
        reader(event)
    except UNREADABLE:
        return False
    return True
