"""Writes and reads push subscriptions: few for each person, each endpoint one person's, each bound to a session."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django.db import IntegrityError
from django.db.models import QuerySet

from chatflow.errors import NotFound
from notification_service.deciding.deliveries import Reason, Subscription
from notification_service.stores.chunks import chunks
from notification_service.stores.database import Database
from notification_service.stores.models import StoredDelivery, StoredSubscription

# Of one person; past it the oldest goes.
SUBSCRIPTIONS_AT_MOST = 16
# A subscription's fields, which are columns of the same name.
SUBSCRIPTION_FIELDS = Subscription.__struct_fields__
# What a browser may say anew of a subscription that is there already.
RENEWED = ("session_id", "p256dh", "auth", "device", "language", "shows_text", "confirmed_at")


class Subscriptions:
    """Each method is one transaction, and repeating it changes nothing more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, subscription: Subscription) -> str:
        """Keep a subscription, or what is new about one that is there, and return its id.

        An endpoint that was somebody else's is theirs no more, and what waits for it is not sent.
        """

        def work() -> str:
            before = StoredSubscription.objects.filter(endpoint=subscription.endpoint).first()
            if before is not None and before.user_id == subscription.user_id:
                renewed: dict[str, Any] = {name: getattr(subscription, name) for name in RENEWED}
                StoredSubscription.objects.filter(id=before.id).update(**renewed)
                return before.id
            if before is not None:
                end_subscriptions([before.id], reason="unsubscribed", now=subscription.confirmed_at)
            StoredSubscription.objects.create(**msgspec.structs.asdict(subscription))
            own = StoredSubscription.objects.filter(user_id=subscription.user_id).order_by("-created_at", "-id")
            too_many = list(own.values_list("id", flat=True)[SUBSCRIPTIONS_AT_MOST:])
            end_subscriptions(too_many, reason="unsubscribed", now=subscription.confirmed_at)
            return subscription.id

        try:
            return await self._database.transact(work)
        except IntegrityError:
            # Another process has just kept the same endpoint.
            return await self._database.transact(work)

    async def of_person(self, user_id: str) -> list[Subscription]:
        """Return a person's subscriptions, the newest first."""
        own = StoredSubscription.objects.filter(user_id=user_id).order_by("-created_at", "-id")
        return await self._database.read(lambda: list(map(as_subscription, own.values_list(*SUBSCRIPTION_FIELDS))))

    async def access(self, subscription_id: str, *, user_id: str) -> Subscription:
        """Return a subscription of this person; raises NotFound for anybody else's."""
        found = StoredSubscription.objects.filter(id=subscription_id, user_id=user_id).values_list(*SUBSCRIPTION_FIELDS)
        row = await self._database.read(found.first)
        if row is None:
            raise NotFound
        return as_subscription(row)

    async def end(self, subscription_id: str, *, user_id: str, now: str) -> None:
        """End a subscription of this person, if there is such a one."""
        await self._end(StoredSubscription.objects.filter(id=subscription_id, user_id=user_id), now=now)

    async def end_gone(self, subscription_id: str, *, now: str) -> None:
        """End a subscription that its push service does not know any more."""
        await self._database.transact(lambda: end_subscriptions([subscription_id], reason="gone", now=now))

    async def end_of_sessions(self, session_ids: Collection[str], *, now: str) -> None:
        for ids in chunks(sorted(session_ids)):
            await self._end(StoredSubscription.objects.filter(session_id__in=ids), now=now)

    async def end_of_people(self, user_ids: Collection[str], *, now: str) -> None:
        for ids in chunks(sorted(user_ids)):
            await self._end(StoredSubscription.objects.filter(user_id__in=ids), now=now)

    async def end_unconfirmed(self, *, confirmed_before: str, limit: int, now: str) -> int:
        """End up to `limit` subscriptions of browsers that have not been heard of, and return how many."""
        old = StoredSubscription.objects.filter(confirmed_at__lt=confirmed_before).order_by("confirmed_at")
        return await self._end(old, limit=limit, now=now)

    async def _end(self, ending: QuerySet[StoredSubscription], *, now: str, limit: int | None = None) -> int:
        def work() -> int:
            ids = list(ending.values_list("id", flat=True)[:limit])
            end_subscriptions(ids, reason="unsubscribed", now=now)
            return len(ids)

        # Mostly there is none, and then there is nothing to write.
        return await self._database.transact(work) if await self._database.read(ending.exists) else 0


def end_subscriptions(ids: Sequence[str], *, reason: Reason, now: str) -> None:
    """Delete subscriptions, and let what waits for them end."""
    for some in chunks(ids):
        waiting = StoredDelivery.objects.filter(endpoint__in=some, ended_at__isnull=True)
        waiting.update(state="failed", reason=reason, claim="", ended_at=now)
        StoredSubscription.objects.filter(id__in=some).delete()


def as_subscription(row: tuple[Any, ...]) -> Subscription:
    fields = dict(zip(SUBSCRIPTION_FIELDS, row, strict=True))
    return Subscription(**fields | {"shows_text": bool(fields["shows_text"])})
