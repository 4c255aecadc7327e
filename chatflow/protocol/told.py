"""What the server says on a socket beside acks: one struct for each event, by its name in `TOLD`."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from chatflow.protocol.events import ToldEvent
from chatflow.protocol.objects import NoticeKind, Notify, Room, User

Leaving = Literal["left", "kicked", "banned", "hidden", "reset"]
Ending = Literal["draining", "slow_consumer", "revoked", "token_expired", "too_many"]


class Rate(msgspec.Struct, frozen=True):
    per_second: int
    # So many at once.
    burst: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What applies to this client; null is no limit."""

    text_length: int
    name_length: int
    topic_length: int
    description_length: int
    attachments: int
    payload_bytes: int
    rooms_per_sync: int
    people_per_watch: int
    connections: int | None
    added_per_hour: int | None
    channels_per_hour: int | None
    # By class of events.
    rates: dict[str, Rate | None]
    packets: Rate | None
    rest_calls: Rate | None


class Server(msgspec.Struct, frozen=True):
    name: str
    gateway: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The first event: who one is and the rooms that one is in, most recent first; `GET /api/rooms` has any more."""

    user: User
    session_id: str
    rooms: list[Room]
    more: bool
    limits: Limits
    server: Server


class Typing(msgspec.Struct, frozen=True):
    """Somebody begins or stops to type; it expires by itself."""

    room_id: str
    user_id: str
    active: bool


class ShownPresence(msgspec.Struct, frozen=True, omit_defaults=True):
    """How somebody watched appears from now on; `last_seen` is given only for people who are offline."""

    user_id: str
    status: str
    last_seen: str | None = None


class Read(msgspec.Struct, frozen=True):
    """Read positions that moved, by person; at most once a second, in rooms of up to 200 people."""

    room_id: str
    positions: dict[str, int]


class RoomAdded(msgspec.Struct, frozen=True):
    """A room appeared in one's list; its live events start at `seq` + 1."""

    room: Room
    seq: int


class RoomRemoved(msgspec.Struct, frozen=True):
    """A room left one's list. After `reset` it comes back by `room:added`, if one is still in it."""

    room_id: str
    reason: Leaving


class RoomMine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One's own settings of a room changed on another device."""

    room_id: str
    notify: Notify | None = None
    favourite: bool | UnsetType = UNSET
    # Null: the room is in no section any more.
    section: str | UnsetType | None = UNSET
    # By the message under which the thread hangs: whether one follows it.
    threads: dict[str, bool] | None = None
    # By the same: how far one has read it.
    threads_read: dict[str, int] | None = None
    # Messages, by seq, with which one is done in the inbox.
    done: list[int] | None = None
    hidden: bool | None = None


class ProfileChanged(msgspec.Struct, frozen=True):
    """Somebody's public profile changed."""

    user: User


class Noticed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice: what this person is told of one event, by its room and seq. The room's history has the text.

    Notices of one room within a short time have one `burst`: a client shows them as one, and counts their ids.
    """

    kind: NoticeKind
    room_id: str
    seq: int
    id: str
    at: str
    actor: str
    burst: str | None = None


class NoticesRead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Notices were seen on one device: these, or those of a room up to an event; all where nothing is named."""

    ids: list[str] | None = None
    room_id: str | None = None
    seq: int | None = None
    unread: int


class SessionEnding(msgspec.Struct, frozen=True):
    """The server is about to close. After `draining` and `slow_consumer` a stock client comes back by itself."""

    reason: Ending


TOLD = {
    "ready": Ready,
    "event": ToldEvent,
    "typing": Typing,
    "presence": ShownPresence,
    "read": Read,
    "room:added": RoomAdded,
    "room:removed": RoomRemoved,
    "room:mine": RoomMine,
    "user": ProfileChanged,
    "notice": Noticed,
    "notice:read": NoticesRead,
    "session:ending": SessionEnding,
}
