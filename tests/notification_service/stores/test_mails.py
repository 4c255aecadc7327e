"""Mails on both databases: owed once, one for a person at a time, and the same again where it may have been sent."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from notification_service.deciding.deliveries import EMAIL, Claimed, Settled
from notification_service.deciding.instants import text_of
from notification_service.deciding.preferences import Mails as MailWishes
from notification_service.stores.database import Database
from notification_service.stores.mails import NOTICES_AT_MOST, Mails
from notification_service.stores.models import StoredDelivery
from notification_service.stores.notices import Store
from notification_service.stores.pushes import Pushes
from notification_service.stores.subscriptions import Subscriptions
from tests.notification_service.stores.test_deliveries import notice, subscription

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DUE = NOW + timedelta(minutes=11)
LEASE, BETWEEN = timedelta(minutes=1), timedelta(minutes=30)


@pytest.fixture
def mails(database: Database) -> Mails:
    return Mails(database)


async def owe(database: Database, *seqs: int, user_id: str = "bob", now: datetime = NOW) -> None:
    notices = [notice(seq, user_id=user_id) for seq in seqs]
    await Store(database).record(notices, now=text_of(now))
    await Mails(database).owe(notices, wishes={}, now=now)


async def claim(
    mails: Mails, *, now: datetime = DUE, by: str = "one", limit: int = 8, busy: Collection[str] = ()
) -> list[Claimed]:
    return await mails.claim_due(now=now, lease=LEASE, claim=by, limit=limit, busy=busy, between=BETWEEN)


async def bind(mails: Mails, claimed: list[Claimed], *, bundle: str = "a mail", until: datetime = DUE + LEASE) -> bool:
    return await mails.bind(claimed, bundle=bundle, leased_until=until)


async def send(mails: Mails, claimed: list[Claimed], *, now: datetime = DUE, bundle: str = "a mail") -> None:
    assert await bind(mails, claimed, bundle=bundle)
    await mails.settle([Settled(delivery=one, state="sent") for one in claimed], now=text_of(now))


def seqs(claimed: list[Claimed]) -> list[int]:
    return sorted(one.notice.seq for one in claimed if one.notice is not None)


async def test_a_notice_is_owed_once_and_not_to_who_wants_no_mail(database: Database, mails: Mails) -> None:
    wishes = {"carol": MailWishes(mode="none")}
    notices = [notice(1), notice(1, user_id="carol")]
    for _ in range(3):
        await mails.owe(notices, wishes=wishes, now=NOW)

    rows = await database.read(lambda: list(StoredDelivery.objects.values_list("channel", "endpoint", "state")))
    assert rows == [(EMAIL, "bob", "waiting")]


async def test_all_that_is_due_for_a_person_is_taken_together_and_what_is_not_stays(
    database: Database, mails: Mails
) -> None:
    await owe(database, 1, 2)
    await owe(database, 3, now=NOW + timedelta(seconds=50))
    await owe(database, 4, now=NOW + timedelta(minutes=5))
    await owe(database, 1, user_id="carol", now=NOW + timedelta(seconds=1))

    assert await claim(mails, now=DUE - timedelta(seconds=1)) == []
    claimed = await claim(mails)

    assert [(one.endpoint, one.attempts) for one in claimed] == [("bob", 1)] * 3
    assert seqs(claimed) == [1, 2, 3]


async def test_a_person_who_is_busy_or_beyond_the_limit_is_left_alone(database: Database, mails: Mails) -> None:
    for person in ("bob", "carol", "dave"):
        await owe(database, 1, user_id=person)

    [one] = await claim(mails, limit=1, busy=["bob"])

    assert one.endpoint == "carol"


async def test_what_one_process_has_no_other_takes_until_its_lease_ends(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    [first] = await claim(mails)
    await owe(database, 2, now=NOW)

    # Also what has become due meanwhile waits: one mail for a person at a time.
    assert await claim(mails, by="two") == []
    [again, other] = await claim(mails, now=DUE + LEASE, by="two")

    assert (first.id, first.attempts, again.attempts, other.attempts) == (again.id, 1, 2, 1)
    assert not await bind(mails, [first], bundle="too late")


async def test_a_mail_that_may_have_been_sent_is_taken_again_as_it_was(database: Database, mails: Mails) -> None:
    await owe(database, 1, 2)
    first = await claim(mails)
    assert await bind(mails, first)
    await owe(database, 3)

    again = await claim(mails, now=DUE + LEASE, by="two")

    assert [(one.id, one.bundle) for one in again] == [(one.id, "a mail") for one in first]
    assert seqs(again) == [1, 2]
    assert await claim(mails, now=DUE + LEASE, by="three") == []


async def test_whoever_binds_a_mail_late_has_all_the_time_to_send_it(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    first = await claim(mails)
    until = DUE + LEASE + timedelta(seconds=50)
    assert await bind(mails, first, until=until)

    assert await claim(mails, now=DUE + LEASE, by="two") == []
    assert seqs(await claim(mails, now=until, by="three")) == [1]


async def test_a_mail_that_waits_for_its_server_keeps_the_next_one_waiting(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    first = await claim(mails)
    assert await bind(mails, first)
    later = DUE + timedelta(hours=1)
    waits = [Settled(delivery=one, state="waiting", due_at=text_of(later), asked=True) for one in first]
    await mails.settle(waits, now=text_of(DUE))
    await owe(database, 2)

    assert await claim(mails, now=later - timedelta(seconds=1), by="two") == []
    assert seqs(await claim(mails, now=later, by="three")) == [1]


async def test_after_a_mail_a_person_has_the_next_one_a_while_later(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    await send(mails, await claim(mails))
    await owe(database, 2)
    await owe(database, 1, user_id="carol")

    [of_carol] = await claim(mails, by="two")
    await mails.settle([Settled(delivery=of_carol, state="sent")], now=text_of(DUE))
    assert of_carol.endpoint == "carol"
    assert await claim(mails, now=DUE + BETWEEN - timedelta(seconds=1), by="three") == []
    assert seqs(await claim(mails, now=DUE + BETWEEN, by="four")) == [2]


async def test_a_mail_is_bound_as_a_whole_or_not_at_all(database: Database, mails: Mails) -> None:
    await owe(database, 1, 2)
    first, second = await claim(mails)
    await mails.settle([Settled(delivery=second, state="read")], now=text_of(DUE))

    assert not await bind(mails, [first, second])

    bundles = await database.read(lambda: list(StoredDelivery.objects.values_list("bundle", flat=True)))
    assert bundles == [None, None]


async def test_what_was_no_try_does_not_count_and_may_live_longer(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    [one] = await claim(mails)
    morning, last = text_of(DUE + timedelta(days=3)), text_of(DUE + timedelta(days=5))

    await mails.settle([Settled(delivery=one, state="waiting", due_at=morning, expires_at=last)], now=text_of(DUE))
    [again] = await claim(mails, now=DUE + timedelta(days=3), by="two")

    assert (again.attempts, again.expires_at) == (1, last)


async def test_who_wishes_for_something_else_is_looked_at_now(database: Database, mails: Mails) -> None:
    await owe(database, 1)
    await owe(database, 1, user_id="carol")

    await mails.look_again("bob", now=NOW)

    assert [one.endpoint for one in await claim(mails, now=NOW)] == ["bob"]


async def test_a_mail_has_so_many_notices_at_most_and_the_next_one_has_the_others(
    database: Database, mails: Mails
) -> None:
    await owe(database, *range(1, NOTICES_AT_MOST + 4))

    first = await claim(mails)
    await send(mails, first)
    second = await claim(mails, now=DUE + BETWEEN, by="two")

    assert (len(first), len(second)) == (NOTICES_AT_MOST, 3)


async def test_processes_that_look_at_once_share_the_people(database: Database, mails: Mails) -> None:
    for number in range(24):
        await owe(database, 1, 2, user_id=f"user {number}")
    databases = [Database() for _ in range(4)]

    taken = await asyncio.gather(
        *(claim(Mails(one), by=f"process {number}", limit=6) for number, one in enumerate(databases))
    )

    ids = [one.id for some in taken for one in some]
    rest = [one.id for number in range(5) for one in await claim(mails, by=f"rest {number}")]
    assert len(ids + rest) == len(set(ids + rest)) == 48
    for one in databases:
        await one.close()


async def test_neither_channel_takes_what_is_the_others(database: Database, mails: Mails) -> None:
    await Subscriptions(database).keep(subscription())
    await owe(database, 1)
    pushes = Pushes(database)
    await pushes.owe([notice(1)], now=text_of(NOW), expires_at=text_of(NOW + timedelta(days=1)))

    now, leased_until = text_of(DUE), text_of(DUE + LEASE)
    pushed = await pushes.claim_due(now=now, leased_until=leased_until, claim="push", limit=9, busy=(), full=())
    mailed = await claim(mails, by="mail")

    assert [one.endpoint for one in pushed] == ["id of phone of bob"]
    assert [one.endpoint for one in mailed] == ["bob"]


async def test_a_crowd_costs_a_bounded_number_of_rows_at_a_time(database: Database, mails: Mails) -> None:
    crowd = [notice(1, user_id=f"user {number}") for number in range(1201)]

    assert await mails.owe(crowd, wishes={}, now=NOW) == 1201
    assert len(await claim(mails, limit=8)) == 8
