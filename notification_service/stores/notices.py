"""Writes notices: records them once each, marks them, and deletes those old or too many."""

from collections.abc import Collection, Sequence

import msgspec
from django.db import connection
from django.db.models import Count, QuerySet

from notification_service.deciding.notices import Notice
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.models import StoredNotice
from notification_service.stores.reading import NOTICE_FIELDS, as_notice, before

# Notices per person; the oldest beyond it are deleted.
INBOX_LIMIT = 1000

COLUMNS = (*NOTICE_FIELDS, "recorded_at")
# The one statement by hand. `bulk_create` takes six times as long for the same rows, so that notices to a large room
# would take twice as long as a whole.
INSERT = (
    f"INSERT INTO notices ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608 - our words
    "ON CONFLICT DO NOTHING"
)


class Store:
    """Each method is one transaction, and repeating it changes nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, notices: Sequence[Notice], *, now: str) -> list[Notice]:
        """Record the notices that are new, and return all of them that still have to be told."""
        # Sorted, so that two processes that record the same jobs wait for each other instead of locking up.
        rows = [(*msgspec.structs.astuple(notice), now) for notice in sorted(notices, key=lambda notice: notice.id)]

        def work() -> list[Notice]:
            with connection.cursor() as cursor:
                cursor.executemany(INSERT, rows)
                if cursor.rowcount == len(rows):
                    # All are new, so there is no need to ask for what is stored.
                    return [notice for notice in notices if notice.suppressed is None]
            untold: list[Notice] = []
            for ids in chunks([row[0] for row in rows]):
                found = StoredNotice.objects.filter(id__in=ids, suppressed=None, told=0).values_list(*NOTICE_FIELDS)
                untold += map(as_notice, found)
            return untold

        return await self._database.transact(work) if rows else []

    async def mark_told(self, notices: Sequence[Notice]) -> None:
        """Mark them as told before they can be recorded again, however long the database takes for it."""

        def work() -> None:
            for ids in chunks(sorted(notice.id for notice in notices)):
                StoredNotice.objects.filter(id__in=ids).update(told=1)

        if notices:
            await self._database.transact(work, even_late=True)

    async def mark_seen(
        self, user_id: str, *, ids: Sequence[str] | None = None, in_room: tuple[str, int] | None = None
    ) -> int:
        """Mark notices of a person as seen: these, or a room's up to an event, or all. Return how many."""
        unseen = StoredNotice.objects.filter(user_id=user_id, suppressed=None, seen=0)
        if ids is not None:
            unseen = unseen.filter(id__in=ids)
        if in_room is not None:
            room_id, seq = in_room
            unseen = unseen.filter(room_id=room_id, seq__lte=seq)
        return await self._database.transact(lambda: unseen.update(seen=1))

    async def forget_older(self, *, recorded_before: str, limit: int) -> int:
        """Delete up to `limit` notices that are too old, and return how many; fewer means that none is left."""
        old = StoredNotice.objects.filter(recorded_at__lt=recorded_before).order_by("recorded_at")

        def work() -> int:
            forgotten, _ = StoredNotice.objects.filter(id__in=old.values("id")[:limit]).delete()
            return forgotten

        return await self._database.transact(work)

    async def shorten_inboxes(self, user_ids: Collection[str]) -> None:
        """Delete the oldest notices of these people beyond the limit, which told and suppressed ones have each."""

        def work() -> None:
            for ids in chunks(sorted(user_ids)):
                for is_told in (True, False):
                    shorten(StoredNotice.objects.filter(user_id__in=ids, suppressed__isnull=is_told))

        await self._database.transact(work)


def shorten(inboxes: QuerySet[StoredNotice]) -> None:
    """Keep the newest notices of each person. Most people have fewer than that, and cost no query of their own."""
    counted = inboxes.values("user_id").annotate(count=Count("id")).filter(count__gt=INBOX_LIMIT).order_by("user_id")
    for user_id in counted.values_list("user_id", flat=True):
        own = inboxes.filter(user_id=user_id)
        oldest_kept = own.order_by("-at", "-id").values_list("at", "id")[INBOX_LIMIT - 1]
        own.filter(before(*oldest_kept)).delete()
