"""What the pages of an inbox are made of, and what a client may name in them."""

from typing import Annotated, NamedTuple

import msgspec

from notification_service.deciding.deliveries import Delivery
from notification_service.deciding.notices import Notice, Suppressed
from notification_service.deciding.preferences import Kind

# An id of ours, or what could be one: PostgreSQL takes no NUL in a text.
Id = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00]*$")]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a page begins, and which way it goes from there."""

    at: Id
    id: Id
    newer: bool = False


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A notice as its person sees it."""

    id: str
    kind: Kind
    room_id: str
    seq: int
    actor: str
    at: str
    seen: bool
    suppressed: Suppressed | None = None
    # What became of it outside of the app: one for each device, and one by mail.
    deliveries: list[Delivery] = []


class Decided(NamedTuple):
    """A notice as it stands: whether sockets were told of it and the person has seen it; it was decided at `at`."""

    notice: Notice
    told: bool
    seen: bool
    at: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What of a message says when and by whom it was written, also of a deleted one."""

    id: str
    seq: int
    sender: str
    at: str
