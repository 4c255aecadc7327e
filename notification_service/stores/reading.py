"""Reads a person's inbox in pages, single notices, and preferences."""

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from django.db.models import Q

from chatflow.errors import UNREADABLE, NotFound
from notification_service.deciding.notices import Notice, Preferences
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.items import Item, Place
from notification_service.stores.models import StoredNotice, StoredPreferences

log = structlog.get_logger(__name__)

# A notice's fields, which are columns of the same name.
NOTICE_FIELDS = Notice.__struct_fields__
# More than this many are "999+" to anyone.
UNREAD_COUNTED = 1000


class Inbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user_id: str, *, suppressed: bool, place: Place | None, limit: int) -> list[Item]:
        """Return one page, newest first. It has one item more than the limit if there are more behind it."""
        inbox = StoredNotice.objects.filter(user_id=user_id, suppressed__isnull=not suppressed)
        order = ("-at", "-id")
        if place is not None and place.newer:
            inbox, order = inbox.filter(after(place.at, place.id)), ("at", "id")
        elif place is not None:
            inbox = inbox.filter(before(place.at, place.id))
        rows = inbox.order_by(*order).values_list(*NOTICE_FIELDS, "seen")[: limit + 1]
        return await self._database.read(lambda: list(map(as_item, rows)))

    async def unread(self, user_id: str) -> int:
        """Count the notices that the person has not seen, up to a bound."""
        unseen = StoredNotice.objects.filter(user_id=user_id, suppressed=None, seen=0)
        return await self._database.read(lambda: unseen[:UNREAD_COUNTED].count())

    async def access_notice(self, notice_id: str, *, user_id: str) -> Notice:
        """Return a notice of this person; raises NotFound for anybody else's."""
        if "\0" in notice_id:
            raise NotFound  # PostgreSQL takes none in a text
        found = StoredNotice.objects.filter(id=notice_id, user_id=user_id).values_list(*NOTICE_FIELDS)
        row = await self._database.read(found.first)
        if row is None:
            raise NotFound
        return as_notice(row)

    async def preferences_of(self, user_ids: Sequence[str]) -> dict[str, Preferences]:
        """Return the preferences of those of them who ever set any."""

        def work() -> dict[str, str]:
            found: dict[str, str] = {}
            for some in chunks(user_ids):
                found |= StoredPreferences.objects.filter(user_id__in=some).values_list("user_id", "preferences")
            return found

        stored = await self._database.read(work)
        return {user_id: read_preferences(text, user_id=user_id) for user_id, text in stored.items()}


def before(at: str, notice_id: str) -> Q:
    """Notices that are older than this one; the first term lets the index begin there."""
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=notice_id))


def after(at: str, notice_id: str) -> Q:
    """Notices that are newer than this one."""
    return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=notice_id))


def read_preferences(text: str, *, user_id: str) -> Preferences:
    """Return what the text says, or the defaults if it cannot be read: one broken row must not stop all notices."""
    try:
        return msgspec.json.decode(text, type=Preferences)
    except UNREADABLE:
        log.warning("somebody's preferences cannot be read", user_id=user_id)
        return Preferences()


def as_notice(row: tuple[Any, ...]) -> Notice:
    return Notice(**dict(zip(NOTICE_FIELDS, row, strict=True)))


def as_item(row: tuple[Any, ...]) -> Item:
    notice, seen = as_notice(row[:-1]), row[-1]
    return Item(
        id=notice.id,
        kind=notice.kind,
        room_id=notice.room_id,
        seq=notice.seq,
        actor=notice.actor,
        at=notice.at,
        seen=bool(seen),
        suppressed=notice.suppressed,
    )
