"""Owes notices to their people by mail, and hands all that is due for a person to one process, as one mail."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from notification_service.deciding.deliveries import EMAIL, Claimed
from notification_service.deciding.instants import text_of
from notification_service.deciding.mail_times import GATHERED, LIVES, delay_of, looked_at
from notification_service.deciding.notices import Notice
from notification_service.deciding.preferences import Mails as MailWishes
from notification_service.stores.chunks import chunks
from notification_service.stores.deliveries import Deliveries, read_claimed, take, waiting
from notification_service.stores.models import StoredDelivery
from notification_service.stores.notices import INBOX_LIMIT

# Several may wait for one person, who is taken with all of them: so many are looked at for each person that is wanted.
LOOKED_AT = 4
# Notices in one mail, and about so many are taken at once. An inbox has no more: what is beyond was forgotten.
NOTICES_AT_MOST = INBOX_LIMIT


class Mails(Deliveries):
    """The deliveries whose endpoints are people."""

    async def owe(self, notices: Sequence[Notice], *, wishes: Mapping[str, MailWishes], now: datetime) -> int:
        """Owe each notice to its person, unless it was before, or they want no mail; return how many may be new."""
        return await self._owe(
            [
                owed(notice, wish, now=now)
                for notice in notices
                if (wish := wishes.get(notice.user_id, MailWishes())).mode != "none"
            ]
        )

    async def claim_due(
        self, *, now: datetime, lease: timedelta, claim: str, limit: int, busy: Collection[str], between: timedelta
    ) -> list[Claimed]:
        """Take what is due for up to `limit` people who are not `busy`.

        A mail that may have been sent is taken by itself, as the mail that it was. Whoever has another under way, or
        had one within the last while (`between`), is passed over; what is due for them waits until then.
        """
        due = mails().filter(due_at__lte=text_of(now)).exclude(endpoint__in=busy)

        def work() -> list[int]:
            ordered = due.order_by("due_at", "id").select_for_update(skip_locked=True)
            people = list(dict.fromkeys(ordered.values_list("endpoint", flat=True)[: LOOKED_AT * limit]))[:limit]
            again, held = under_way(people, now=text_of(now))
            for person, sent_at in last_sent(people, after=text_of(now - between)).items():
                held[person] = max(held.get(person, ""), text_of(datetime.fromisoformat(sent_at) + between))
            taken: list[int] = []
            for person in people:
                if len(taken) >= NOTICES_AT_MOST:
                    break
                own = mails().filter(endpoint=person, bundle=None, claim="")
                if person in again:
                    taken += again[person]
                elif person in held:
                    own.filter(due_at__lt=held[person]).update(due_at=held[person])
                else:
                    taken += due_for(person, now=text_of(now), until=text_of(now + GATHERED))
            for some in chunks(taken):
                take(some, claim=claim, leased_until=text_of(now + lease))
            return taken

        if not await self._database.read(due.exists):
            return []
        taken = await self._database.transact(work)
        return await self._database.read(lambda: read_mails(taken, claim=claim))

    async def bind(self, claimed: Sequence[Claimed], *, bundle: str, leased_until: datetime) -> bool:
        """Let these be one mail from now on, also if it has to be sent again, and hold them until then.

        False if they are not ours any more.
        """
        ids = [one.id for one in claimed]
        bound_as = {"bundle": bundle, "due_at": text_of(leased_until)}

        def work() -> bool:
            bound = sum(
                waiting().filter(id__in=some, claim=claimed[0].claim).update(**bound_as) for some in chunks(ids)
            )
            transaction.set_rollback(bound < len(ids))
            return bound == len(ids)

        return await self._database.transact(work)

    async def look_again(self, user_id: str, *, now: datetime) -> None:
        """Let what waits for a person be looked at, for they wish for something else now."""
        own = mails().filter(endpoint=user_id, bundle=None, claim="")
        await self._database.transact(lambda: own.update(due_at=text_of(now)))


def owed(notice: Notice, wish: MailWishes, *, now: datetime) -> StoredDelivery:
    # In whichever morning it is mailed, by then it is known where the person is.
    due = now + delay_of(wish)
    return StoredDelivery(
        notice_id=notice.id,
        user_id=notice.user_id,
        channel=EMAIL,
        endpoint=notice.user_id,
        host="",
        state="waiting",
        due_at=text_of(looked_at(wish, due)),
        expires_at=text_of(due + LIVES),
        recorded_at=text_of(now),
    )


def mails() -> QuerySet[StoredDelivery]:
    return waiting().filter(channel=EMAIL)


def under_way(people: Sequence[str], *, now: str) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Return by person what is to be sent again as the same mail, and until when others have one under way."""
    again: defaultdict[str, list[int]] = defaultdict(list)
    held: dict[str, str] = {}
    begun = mails().filter(endpoint__in=people).filter(Q(bundle__isnull=False) | ~Q(claim=""))
    for delivery_id, person, bundle, due_at in begun.order_by("id").values_list("id", "endpoint", "bundle", "due_at"):
        if due_at > now:
            held[person] = max(held.get(person, ""), due_at)
        elif bundle is not None:
            again[person].append(delivery_id)
    return again, held


def last_sent(people: Sequence[str], *, after: str) -> dict[str, str]:
    """Return when each of them was sent a mail last, of those who were since then."""
    sent = StoredDelivery.objects.filter(endpoint__in=people, bundle__isnull=False, ended_at__gt=after, state="sent")
    return dict(sent.values("endpoint").annotate(last=Max("ended_at")).values_list("endpoint", "last"))


def due_for(person: str, *, now: str, until: str) -> list[int]:
    # What another process has just taken is its own, though its lease may end as soon as what comes next is due.
    free = mails().filter(Q(claim="") | Q(due_at__lte=now), endpoint=person, due_at__lte=until)
    due = free.order_by("id").select_for_update(skip_locked=True)
    return list(due.values_list("id", flat=True)[:NOTICES_AT_MOST])


def read_mails(taken: Sequence[int], *, claim: str) -> list[Claimed]:
    claimed: list[Claimed] = []
    for some in chunks(taken):
        claimed += read_claimed(list(StoredDelivery.objects.filter(id__in=some, claim=claim).order_by("id")))
    return claimed
