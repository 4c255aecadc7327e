"""Pages of lists: items, and cursors to the next and the previous page, which clients need not understand."""

from typing import Generic, TypeVar

import msgspec

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
