"""Reads a person's inbox in pages, single notices, and what was decided about a message."""

from typing import Any

from django.db.models import Q

from chatflow.errors import NotFound
from notification_service.deciding.notices import Notice
from notification_service.stores.database import Database
from notification_service.stores.items import Decided, Item, Place, Written
from notification_service.stores.models import StoredNotice

# A notice's fields, which are columns of the same name.
NOTICE_FIELDS = Notice.__struct_fields__
# More than this many are "999+" to anyone.
UNREAD_COUNTED = 1000
# A message is told of when it is written, and once for each edit that names more people.
DECIDED_AT_MOST = 50


class NoticeReader:
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

    async def about_message(self, user_id: str, message: Written, *, room_id: str) -> list[Decided]:
        """Return a person's notices of a message, told and suppressed ones, oldest first.

        Programs from before notices name their message name only the event, which the message shares its seq with.
        """
        own = StoredNotice.objects.filter(user_id=user_id, room_id=room_id, at__gte=message.at)
        own = own.filter(Q(message_id=message.id) | Q(seq=message.seq)).exclude(kind="webhook")

        def work() -> list[Decided]:
            # One after the other, since each has an index of its own.
            rows = [
                row
                for is_told in (True, False)
                for row in own.filter(suppressed__isnull=is_told).values_list(
                    *NOTICE_FIELDS, "told", "seen", "recorded_at"
                )[:DECIDED_AT_MOST]
            ]
            return sorted(map(as_decided, rows), key=lambda decided: decided.notice.seq)

        return await self._database.read(work)


def before(at: str, notice_id: str) -> Q:
    """Notices that are older than this one; the first term lets the index begin there."""
    return Q(at__lte=at) & (Q(at__lt=at) | Q(id__lt=notice_id))


def after(at: str, notice_id: str) -> Q:
    """Notices that are newer than this one."""
    return Q(at__gte=at) & (Q(at__gt=at) | Q(id__gt=notice_id))


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


def as_decided(row: tuple[Any, ...]) -> Decided:
    *fields, told, seen, recorded_at = row
    return Decided(as_notice(tuple(fields)), told=bool(told), seen=bool(seen), at=recorded_at)
