"""Owes notices to the browsers of their people, and hands pushes that are due to one process each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from chatflow.http.addresses import place_of
from notification_service.deciding.deliveries import WEB_PUSH, Claimed
from notification_service.deciding.notices import Notice
from notification_service.stores.chunks import chunks
from notification_service.stores.deliveries import Deliveries, read_claimed, take, waiting
from notification_service.stores.models import StoredDelivery, StoredNotice, StoredSubscription
from notification_service.stores.subscriptions import SUBSCRIPTION_FIELDS, as_subscription

# Several may wait for one endpoint, of which only the first is taken: so many are looked at for each that is wanted.
LOOKED_AT = 4
# A badge counts what calls a person in so many rooms, of the newest notices.
BADGE_NOTICES, BADGE_ROOMS = 100, 20


class Pushes(Deliveries):
    """The deliveries whose endpoints are push subscriptions."""

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
            return rows

        # Most people have no subscription, and then there is nothing to write.
        return await self._owe(await self._database.read(find))

    async def claim_due(
        self, *, now: str, leased_until: str, claim: str, limit: int, busy: Collection[str], full: Collection[str]
    ) -> list[Claimed]:
        """Take up to `limit` deliveries that are due, one for each endpoint that is not `busy`, of no `full` host."""
        due = waiting().filter(channel=WEB_PUSH, due_at__lte=now)
        due = due.exclude(endpoint__in=busy).exclude(host__in=full)

        def work() -> list[int]:
            ordered = due.order_by("due_at", "id").select_for_update(skip_locked=True)
            first_of: dict[str, int] = {}
            for delivery_id, endpoint in ordered.values_list("id", "endpoint")[: LOOKED_AT * limit]:
                first_of.setdefault(endpoint, delivery_id)
            taken = list(first_of.values())[:limit]
            take(taken, claim=claim, leased_until=leased_until)
            return taken

        if not await self._database.read(due.exists):
            return []
        taken = await self._database.transact(work)
        return await self._database.read(lambda: read_pushes(taken, claim=claim))

    async def rooms_that_call(self, user_ids: Collection[str]) -> dict[str, list[str]]:
        """Return the rooms of the newest notices that each person has not seen: those that a badge may count."""

        def work() -> dict[str, list[str]]:
            return {user_id: newest_rooms(user_id) for user_id in user_ids}

        return await self._database.read(work)


def delivery_of(notice: Notice, subscription: StoredSubscription, *, now: str, expires_at: str) -> StoredDelivery:
    return StoredDelivery(
        notice_id=notice.id,
        user_id=notice.user_id,
        channel=WEB_PUSH,
        endpoint=subscription.id,
        host=place_of(subscription.endpoint),
        state="waiting",
        due_at=min(max(now, subscription.paused_until), expires_at),
        expires_at=expires_at,
        recorded_at=now,
    )


def read_pushes(taken: Sequence[int], *, claim: str) -> list[Claimed]:
    rows = list(StoredDelivery.objects.filter(id__in=taken, claim=claim).order_by("id"))
    found = StoredSubscription.objects.filter(id__in={row.endpoint for row in rows})
    return read_claimed(
        rows, subscriptions={row[0]: as_subscription(row) for row in found.values_list(*SUBSCRIPTION_FIELDS)}
    )


def newest_rooms(user_id: str) -> list[str]:
    unseen = StoredNotice.objects.filter(user_id=user_id, suppressed=None, seen=0).order_by("-at", "-id")
    rooms: Any = unseen.values_list("room_id", flat=True)[:BADGE_NOTICES]
    return list(dict.fromkeys(rooms))[:BADGE_ROOMS]
