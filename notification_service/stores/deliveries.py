"""Writes and reads deliveries: owes each once, hands each that is due to one process, and records how it ended."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from notification_service.deciding.deliveries import WEB_PUSH, Claimed, Delivery, Settled
from notification_service.deciding.notices import Notice
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.models import StoredDelivery, StoredNotice, StoredSubscription
from notification_service.stores.reading import NOTICE_FIELDS, as_notice
from notification_service.stores.subscriptions import SUBSCRIPTION_FIELDS, as_subscription, end_subscriptions

# Several may wait for one endpoint, of which only the first is taken: so many are looked at for each that is wanted.
LOOKED_AT = 4
# A row has fifteen columns, and some builds of SQLite stop at 999 parameters.
ROWS_AT_ONCE = 50
# A badge counts what calls a person in so many rooms, of the newest notices.
BADGE_NOTICES, BADGE_ROOMS = 100, 20


class Deliveries:
    """Each method is one transaction. Times are texts of one form, which sort as times do."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owe(self, notices: Sequence[Notice], *, now: str, expires_at: str) -> int:
        """Owe each notice to every subscription of its person, unless it was before; return how many may be new."""
        of_person: defaultdict[str, list[Notice]] = defaultdict(list)
        for notice in notices:
            of_person[notice.user_id].append(notice)

        def find() -> list[StoredDelivery]:
            rows: list[StoredDelivery] = []
            for user_ids in chunks(sorted(of_person)):
                for subscription in StoredSubscription.objects.filter(user_id__in=user_ids):
                    owed = of_person[subscription.user_id]
                    rows += [delivery_of(notice, subscription, now=now, expires_at=expires_at) for notice in owed]
            # Sorted, so that two processes that owe the same notices wait for each other instead of locking up.
            return sorted(rows, key=lambda row: (row.notice_id, row.endpoint))

        # Most people have no subscription, and then there is nothing to write.
        rows = await self._database.read(find)
        if rows:
            await self._database.transact(
                lambda: StoredDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=ROWS_AT_ONCE)
            )
        return len(rows)

    async def claim_due(
        self, *, now: str, leased_until: str, claim: str, limit: int, busy: Collection[str], full: Collection[str]
    ) -> list[Claimed]:
        """Take up to `limit` deliveries that are due, one for each endpoint that is not `busy`, of no `full` host.

        They are due again when the lease ends, so those of a process that died come to another.
        """
        due = waiting().filter(due_at__lte=now).exclude(endpoint__in=busy).exclude(host__in=full)

        def work() -> list[int]:
            ordered = due.order_by("due_at", "id").select_for_update(skip_locked=True)
            first_of: dict[str, int] = {}
            for delivery_id, endpoint in ordered.values_list("id", "endpoint")[: LOOKED_AT * limit]:
                first_of.setdefault(endpoint, delivery_id)
            taken = list(first_of.values())[:limit]
            StoredDelivery.objects.filter(id__in=taken).update(
                claim=claim, due_at=leased_until, attempts=F("attempts") + 1
            )
            return taken

        if not await self._database.read(due.exists):
            return []
        taken = await self._database.transact(work)
        return await self._database.read(lambda: read_claimed(taken, claim=claim))

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

    async def rooms_that_call(self, user_ids: Collection[str]) -> dict[str, list[str]]:
        """Return the rooms of the newest notices that each person has not seen: those that a badge may count."""

        def work() -> dict[str, list[str]]:
            return {user_id: newest_rooms(user_id) for user_id in user_ids}

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


def delivery_of(notice: Notice, subscription: StoredSubscription, *, now: str, expires_at: str) -> StoredDelivery:
    return StoredDelivery(
        notice_id=notice.id,
        user_id=notice.user_id,
        channel=WEB_PUSH,
        endpoint=subscription.id,
        host=urlsplit(subscription.endpoint).netloc,
        state="waiting",
        due_at=min(max(now, subscription.paused_until), expires_at),
        expires_at=expires_at,
        recorded_at=now,
    )


def waiting() -> QuerySet[StoredDelivery]:
    return StoredDelivery.objects.filter(ended_at__isnull=True)


def read_claimed(taken: Sequence[int], *, claim: str) -> list[Claimed]:
    rows = list(StoredDelivery.objects.filter(id__in=taken, claim=claim).order_by("id"))
    subscriptions = StoredSubscription.objects.filter(id__in={row.endpoint for row in rows})
    subscription_of = {row[0]: as_subscription(row) for row in subscriptions.values_list(*SUBSCRIPTION_FIELDS)}
    notices = StoredNotice.objects.filter(id__in={row.notice_id for row in rows})
    notice_of = {row[0]: (as_notice(row[:-1]), bool(row[-1])) for row in notices.values_list(*NOTICE_FIELDS, "seen")}
    claimed = []
    for row in rows:
        notice, is_seen = notice_of.get(row.notice_id, (None, False))
        claimed.append(
            Claimed(
                id=row.id,
                claim=claim,
                attempts=row.attempts,
                expires_at=row.expires_at,
                host=row.host,
                endpoint=row.endpoint,
                subscription=subscription_of.get(row.endpoint),
                notice=notice,
                is_seen=is_seen,
            )
        )
    return claimed


def settle_one(settled: Settled, *, now: str) -> None:
    delivery, endpoint = settled.delivery, StoredSubscription.objects.filter(id=settled.delivery.endpoint)
    mine = waiting().filter(id=delivery.id, claim=delivery.claim)
    if settled.state == "waiting":
        if not settled.pauses:
            # Nobody was asked, so that was no try.
            mine.update(claim="", attempts=F("attempts") - 1, due_at=settled.due_at, error=settled.error)
        else:
            mine.update(claim="", due_at=settled.due_at, error=settled.error)
            endpoint.update(failures=F("failures") + 1, paused_until=Greatest(F("paused_until"), Value(settled.due_at)))
            waiting().filter(endpoint=delivery.endpoint, due_at__lt=settled.due_at).update(due_at=settled.due_at)
        return
    mine.update(claim="", state=settled.state, reason=settled.reason, error=settled.error, ended_at=now)
    if settled.reason == "gone":
        end_subscriptions([delivery.endpoint], reason="gone", now=now)
    if settled.state == "sent" and delivery.subscription is not None and delivery.subscription.failures:
        endpoint.update(failures=0, paused_until="")


def newest_rooms(user_id: str) -> list[str]:
    unseen = StoredNotice.objects.filter(user_id=user_id, suppressed=None, seen=0).order_by("-at", "-id")
    rooms: Any = unseen.values_list("room_id", flat=True)[:BADGE_NOTICES]
    return list(dict.fromkeys(rooms))[:BADGE_ROOMS]
