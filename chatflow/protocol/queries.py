"""What a client may send beside commands: one struct for each socket event that writes to no log."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chatflow.protocol.commands import Id, Instant, Seq
from chatflow.protocol.objects import NotifyLevel

SECTION_LENGTH = 64


class SyncRooms(msgspec.Struct, frozen=True, tag="room:sync"):
    """Get the events behind a seq of each of these rooms."""

    rooms: Annotated[dict[Id, Seq], Meta(max_length=500)]


class SetNotify(msgspec.Struct, frozen=True, tag="room:notify"):
    """Say of which messages of a room one wants notices."""

    room_id: Id
    level: NotifyLevel
    muted_until: Instant | None = None


class SetMine(msgspec.Struct, frozen=True, tag="room:mine:set"):
    """Say where a room stands in one's own list: among the favourites, and in which section; null is in none.

    What is left out stays as it is.
    """

    room_id: Id
    favourite: bool | UnsetType = UNSET
    section: Annotated[str, Meta(min_length=1, max_length=SECTION_LENGTH)] | UnsetType | None = UNSET


class FollowThread(msgspec.Struct, frozen=True, tag="thread:follow"):
    """Be told of replies in a thread."""

    room_id: Id
    id: Id


class UnfollowThread(msgspec.Struct, frozen=True, tag="thread:unfollow"):
    """Be told of a thread no more."""

    room_id: Id
    id: Id


class ReadThread(msgspec.Struct, frozen=True, tag="thread:read"):
    """Say how far one has read a thread that one follows, by the number of a reply; it only moves forward."""

    room_id: Id
    id: Id
    n: Seq


class Focus(msgspec.Struct, frozen=True, tag="focus"):
    """Say which room this device really shows, so that nobody is told of what they see; null is none."""

    room_id: Id | None = None


class MarkRead(msgspec.Struct, frozen=True, tag="read:mark"):
    """Move one's read position forward; a seq past the end is the end."""

    room_id: Id
    seq: Seq


class MarkUnread(msgspec.Struct, frozen=True, tag="read:unread"):
    """Set one's read position to just before `seq`, so that what follows is unread again."""

    room_id: Id
    seq: Seq


class StartTyping(msgspec.Struct, frozen=True, tag="typing:start"):
    """Show in a room that one types; it ends by itself."""

    room_id: Id


class StopTyping(msgspec.Struct, frozen=True, tag="typing:stop"):
    """Show that one types no more."""

    room_id: Id


class SetPresence(msgspec.Struct, frozen=True, tag="presence:set"):
    """Say how one appears to others, on every device."""

    status: Literal["online", "away", "dnd", "invisible"]


class WatchPresence(msgspec.Struct, frozen=True, tag="presence:watch"):
    """Be told how these people appear, and of nobody else."""

    user_ids: Annotated[list[Id], Meta(max_length=500)]


class RefreshAuth(msgspec.Struct, frozen=True, tag="auth:refresh"):
    """Go on with a new access token on the living socket."""

    token: Annotated[str, Meta(max_length=4096)]


class PingApp(msgspec.Struct, frozen=True, tag="ping:app"):
    """Ask for the server's time."""
