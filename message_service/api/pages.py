"""Pages of lists: items, and cursors to the next and the previous page, which clients need not understand."""

import base64
from typing import Generic, TypeVar

import msgspec

from chatflow.errors import Invalid
from chatflow.protocol.objects import DeletedMessage, Message
from message_service.stores.port import MessagePage

Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], kw_only=True):
    items: list[Item]
    next: str | None = None
    prev: str | None = None


class RoomPage(msgspec.Struct, Generic[Item], kw_only=True):
    """A page of one room's items, true at `head`."""

    items: list[Item]
    next: str | None = None
    prev: str | None = None
    head: int


def history_page(page: MessagePage) -> RoomPage[Message | DeletedMessage]:
    """Make a page in the order of seq: `prev` goes into `before` for older messages, `next` into `after` for newer."""
    return RoomPage(
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
