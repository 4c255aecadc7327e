"""The ok answers to commands: the fields beside `ok: true`."""

from typing import Any

import msgspec

from chatflow.errors import ErrorBody
from chatflow.protocol.events import Event
from chatflow.protocol.objects import Room


class RoomReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To `room:create`, `room:direct` and `room:join`. The gateway adds `room` when it lets the socket in."""

    room_id: str
    seq: int
    duplicate: bool = False
    room: Room | None = None


class SeqReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """To every other command: the seq of its event, or the head if there was nothing to change."""

    seq: int
    duplicate: bool = False
    # Only when an invitation was made.
    invite_id: str | None = None


class MessageReply(msgspec.Struct, frozen=True):
    """To `message:send`: the message is stored, under this number."""

    room_id: str
    seq: int
    n: int
    id: str
    at: str
    duplicate: bool


class Entered(msgspec.Struct, frozen=True, omit_defaults=True):
    """To create, direct and join, as a socket gets it: live events of the room start at `seq` + 1."""

    room: Room
    seq: int
    duplicate: bool = False


class SyncedRoom(msgspec.Struct, frozen=True, omit_defaults=True):
    """With `reset` a client drops what it has: `room` is true at `head`, and `events` a tail to show, not to fold."""

    events: list[Event]
    head: int
    reset: bool
    room: Room | None = None


class FailedRoom(msgspec.Struct, frozen=True):
    """A room that could not be synced."""

    error: ErrorBody


class Synced(msgspec.Struct, frozen=True):
    """To `room:sync`: while a room's last event is below its `head`, or `more` names rooms, ask again."""

    # A `SyncedRoom` or a `FailedRoom` of each.
    rooms: dict[str, Any]
    more: list[str]


class Appearance(msgspec.Struct, frozen=True, omit_defaults=True):
    """How somebody appears to others; `last_seen` is given only for people who are offline."""

    status: str
    last_seen: str | None = None


class Watched(msgspec.Struct, frozen=True):
    """To `presence:watch`: how each of them appears now, by person."""

    presence: dict[str, Appearance]


class Marked(msgspec.Struct, frozen=True):
    """To `read:mark` and `read:unread`: where the read position is now."""

    seq: int


class ThreadMarked(msgspec.Struct, frozen=True):
    """To `thread:read`: how far one has read the thread now."""

    n: int


class Refreshed(msgspec.Struct, frozen=True):
    """To `auth:refresh`."""

    expires_at: str


class Pong(msgspec.Struct, frozen=True):
    """To `ping:app`: the server's time."""

    at: str


class Nothing(msgspec.Struct, frozen=True):
    """It is done, and there is nothing to say."""


# What each event's ok answer has beside `ok: true`; any other event is answered with a `SeqReply`.
REPLIES: dict[str, type[msgspec.Struct]] = {
    **dict.fromkeys(("room:create", "room:direct", "room:join"), Entered),
    "message:send": MessageReply,
    "room:sync": Synced,
    "presence:watch": Watched,
    **dict.fromkeys(("read:mark", "read:unread"), Marked),
    "thread:read": ThreadMarked,
    "auth:refresh": Refreshed,
    "ping:app": Pong,
    **dict.fromkeys(("room:notify", "room:mine:set", "thread:follow", "thread:unfollow", "focus"), Nothing),
    **dict.fromkeys(("typing:start", "typing:stop", "presence:set"), Nothing),
}
