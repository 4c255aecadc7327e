"""Pages of the inbox, newest first. A cursor names a notice, so pages neither skip nor repeat when new ones come."""

import base64
import binascii

import msgspec

from chatflow.errors import Invalid
from notification_service.stores.items import Item, Place

LIMIT_BY_DEFAULT = 50
LIMIT_AT_MOST = 100


class Notices(msgspec.Struct, frozen=True, kw_only=True):
    """A page of notices; `next` is the cursor of the older page, `prev` of the newer, null where there is none."""

    items: list[Item]
    next: str | None
    prev: str | None
    # Not seen yet, counted up to 1000.
    unread: int


def page_of(found: list[Item], *, place: Place | None, limit: int, unread: int) -> Notices:
    """Make a page of the items read from a place on. One item more than the limit means that there are more."""
    is_newer = place is not None and place.newer
    goes_on = len(found) > limit
    items = found[:limit]
    if is_newer:
        items.reverse()
    has_older = bool(items) and (goes_on or is_newer)
    has_newer = bool(items) and (goes_on if is_newer else place is not None)
    return Notices(
        items=items,
        next=cursor_of(items[-1], newer=False) if has_older else None,
        prev=cursor_of(items[0], newer=True) if has_newer else None,
        unread=unread,
    )


def cursor_of(item: Item, *, newer: bool) -> str:
    packed = msgspec.json.encode(Place(item.at, item.id, newer))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.json.decode(packed, type=Place)
    except (binascii.Error, msgspec.DecodeError, ValueError):
        raise Invalid("This cursor is not one of ours.") from None
    # PostgreSQL takes no NUL in a text.
    if "\0" in place.at + place.id:
        raise Invalid("This cursor is not one of ours.")
    return place
