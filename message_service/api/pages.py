"""The pages that this service answers, and their cursors."""

import base64

import msgspec

from chatflow.errors import Invalid
from chatflow.protocol.objects import AnyMessage, Role, Room
from chatflow.protocol.pages import Page, RoomPage
from message_service.stores.port import MessagePage


class Rooms(Page[Room]):
    """A page of rooms."""


class OpenRoom(Room, frozen=True, kw_only=True, omit_defaults=True):
    """A channel of the directory. `last_at` is when somebody last said something in it, or made it."""

    last_at: str


class OpenRooms(Page[OpenRoom]):
    """A page of the directory."""


class Messages(RoomPage[AnyMessage]):
    """A page of messages in the order of seq; of pinned ones, last pinned first."""


class ListedMember(msgspec.Struct, frozen=True):
    """Who is in a room; unlike in events, `role` is always written out."""

    user_id: str
    role: Role


class Members(RoomPage[ListedMember]):
    """A page of the people in a room."""


class Replies(Messages):
    """A page of a thread, with whether one follows it, and up to which number one has read it if one does."""

    followed: bool
    read_n: int | None


class Invite(msgspec.Struct, frozen=True):
    """An invitation to a room, without its secret. One that is older than the counting has `used` since then."""

    id: str
    role: Role
    # Null: as many as like.
    uses: int | None
    used: int
    until: str | None
    by: str


class Invites(RoomPage[Invite]):
    """The invitations to a room that let somebody in, the first one made first; a room has 100 at most."""


class Reactor(msgspec.Struct, frozen=True):
    """Who put an emoji on a message; `at` is null while the store is still taking over an older one."""

    user_id: str
    at: str | None


class Reactors(Page[Reactor]):
    """A page of the people who put an emoji on a message, in their order."""


def history_page(page: MessagePage) -> Messages:
    """Make a page in the order of seq: `prev` goes into `before` for older messages, `next` into `after` for newer."""
    return Messages(
        items=page.items,
        prev=str(page.items[0].seq) if page.items and page.has_before else None,
        next=str(page.items[-1].seq) if page.items and page.has_after else None,
        head=page.head,
    )


def write_cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[str, str] | None:
    """Return the two parts of a cursor that we made."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=tuple[str, str])
    except (ValueError, msgspec.DecodeError):
        raise Invalid("This is not a cursor of ours.") from None
