"""Reads deliveries and records how they ended, whatever their channel; each hands out what is due in a file of its own.

A process has what it takes until a lease ends: a delivery is due again then, so those of a process that died come to
another.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from notification_service.deciding.deliveries import Claimed, Delivery, Settled, Subscription
from notification_service.stores.database import Database
from notification_service.stores.models import StoredDelivery, StoredNotice, StoredSubscription
from notification_service.stores.reading import NOTICE_FIELDS, as_notice
from notification_service.stores.subscriptions import end_subscriptions

# A row has sixteen columns, and some builds of SQLite stop at 999 parameters.
ROWS_AT_ONCE = 50


class Deliveries:
    """Each method is one transaction. Times are texts of one form, which sort as times do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settle(self, settled: Sequence[Settled], *, now: str) -> None:
        """Record what became of tries. One whose lease ended, so that another process has it, changes nothing."""

        def work() -> None:
            for one in settled:
                settle_one(one, now=now)

        await self._database.transact(work)

    async def of_notices(self, notice_ids: Sequence[str]) -> dict[str, list[Delivery]]:
        """Return the deliveries of these notices, by the notice."""
        found = StoredDelivery.objects.filter(notice_id__in=notice_ids).order_by("id")

        def work() -> dict[str, list[Delivery]]:
            by_notice: defaultdict[str, list[Delivery]] = defaultdict(list)
            for row in found:
                at = row.ended_at or row.recorded_at
                by_notice[row.notice_id].append(
                    Delivery(channel=row.channel, state=row.state, at=at, reason=row.reason)  # type: ignore[arg-type]
                )
            return by_notice

        return await self._database.read(work)

    async def forget_ended(self, *, recorded_before: str, limit: int) -> int:
        """Delete up to `limit` deliveries that ended and are too old, and return how many."""
        old = StoredDelivery.objects.filter(recorded_at__lt=recorded_before, ended_at__isnull=False)

        def work() -> int:
            forgotten, _ = StoredDelivery.objects.filter(
                id__in=old.order_by("recorded_at").values("id")[:limit]
            ).delete()
            return forgotten

        return await self._database.transact(work)

    async def _owe(self, rows: Sequence[StoredDelivery]) -> int:
        """Owe those that were not before; return how many that may be."""
        # Sorted, so that two processes that owe the same notices wait for each other instead of locking up.
        rows = sorted(rows, key=lambda row: (row.notice_id, row.endpoint))
        if rows:
            await self._database.transact(
                lambda: StoredDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=ROWS_AT_ONCE)
            )
        return len(rows)


def waiting() -> QuerySet[StoredDelivery]:
    return StoredDelivery.objects.filter(ended_at__isnull=True)


def take(delivery_ids: Collection[int], *, claim: str, leased_until: str) -> None:
    """Let these be this try's alone until the lease ends."""
    StoredDelivery.objects.filter(id__in=delivery_ids).update(
        claim=claim, due_at=leased_until, attempts=F("attempts") + 1
    )


def read_claimed(
    rows: Sequence[StoredDelivery], *, subscriptions: Mapping[str, Subscription] | None = None
) -> list[Claimed]:
    notices = StoredNotice.objects.filter(id__in={row.notice_id for row in rows})
    notice_of = {row[0]: (as_notice(row[:-1]), bool(row[-1])) for row in notices.values_list(*NOTICE_FIELDS, "seen")}
    claimed = []
    for row in rows:
        notice, is_seen = notice_of.get(row.notice_id, (None, False))
        claimed.append(
            Claimed(
                id=row.id,
                claim=row.claim,
                attempts=row.attempts,
                owed_at=row.recorded_at,
                expires_at=row.expires_at,
                host=row.host,
                endpoint=row.endpoint,
                subscription=(subscriptions or {}).get(row.endpoint),
                bundle=row.bundle,
                notice=notice,
                is_seen=is_seen,
            )
        )
    return claimed


def settle_one(settled: Settled, *, now: str) -> None:
    delivery, endpoint = settled.delivery, StoredSubscription.objects.filter(id=settled.delivery.endpoint)
    mine = waiting().filter(id=delivery.id, claim=delivery.claim)
    if settled.state == "waiting":
        mine.update(
            claim="",
            attempts=F("attempts") - (0 if settled.asked else 1),
            due_at=settled.due_at,
            expires_at=settled.expires_at or F("expires_at"),
            error=settled.error,
        )
        if settled.pauses:
            endpoint.update(failures=F("failures") + 1, paused_until=Greatest(F("paused_until"), Value(settled.due_at)))
            waiting().filter(endpoint=delivery.endpoint, due_at__lt=settled.due_at).update(due_at=settled.due_at)
        return
    mine.update(claim="", state=settled.state, reason=settled.reason, error=settled.error, ended_at=now)
    if settled.reason == "gone":
        end_subscriptions([delivery.endpoint], reason="gone", now=now)
    if settled.state == "sent" and delivery.subscription is not None and delivery.subscription.failures:
        endpoint.update(failures=0, paused_until="")
