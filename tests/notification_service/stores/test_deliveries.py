"""Deliveries and subscriptions on both databases: owed once, tried by one process at a time, and bounded."""

import asyncio
from collections.abc import Collection

import pytest

from chatflow.errors import NotFound
from notification_service.deciding.deliveries import Claimed, Settled, Subscription
from notification_service.deciding.notices import IN_APP, Notice, notice_id
from notification_service.stores.database import Database
from notification_service.stores.models import StoredDelivery
from notification_service.stores.notices import Store
from notification_service.stores.pushes import Pushes
from notification_service.stores.subscriptions import SUBSCRIPTIONS_AT_MOST, Subscriptions

NOW, LATER, LATEST = (f"2026-11-20T{hour}:00:00.000+00:00" for hour in (12, 13, 14))
TOMORROW = "2026-11-21T12:00:00.000+00:00"


@pytest.fixture
def deliveries(database: Database) -> Pushes:
    return Pushes(database)


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def notice(seq: int = 1, *, user_id: str = "bob", room_id: str = "room") -> Notice:
    return Notice(
        id=notice_id(room_id, seq, user_id=user_id, channel=IN_APP),
        user_id=user_id,
        room_id=room_id,
        seq=seq,
        channel=IN_APP,
        kind="mention",
        actor="alice",
        at=f"2026-11-20T10:00:{seq % 60:02}.000Z",
    )


def subscription(name: str = "phone", *, user_id: str = "bob", session_id: str = "one", at: str = NOW) -> Subscription:
    return Subscription(
        id=f"id of {name} of {user_id}",
        user_id=user_id,
        session_id=session_id,
        endpoint=f"https://{name}.example.com/secret",
        p256dh="key",
        auth="secret",
        device=name,
        language="en",
        shows_text=True,
        created_at=at,
        confirmed_at=at,
    )


async def claim(
    deliveries: Pushes,
    *,
    now: str = NOW,
    until: str = LATER,
    by: str = "one",
    limit: int = 10,
    busy: Collection[str] = (),
    full: Collection[str] = (),
) -> list[Claimed]:
    return await deliveries.claim_due(now=now, leased_until=until, claim=by, limit=limit, busy=busy, full=full)


async def states(database: Database) -> list[tuple[str, str | None]]:
    return await database.read(lambda: list(StoredDelivery.objects.order_by("id").values_list("state", "reason")))


async def test_a_notice_is_owed_to_each_device_once_however_often_it_comes(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store, database: Database
) -> None:
    await store.record([notice(1), notice(1, user_id="carol")], now=NOW)
    for name in ("phone", "laptop"):
        await subscriptions.keep(subscription(name))

    for _ in range(3):
        await deliveries.owe([notice(1), notice(1, user_id="carol")], now=NOW, expires_at=TOMORROW)
    claimed = await claim(deliveries)
    await deliveries.settle([Settled(delivery=one, state="sent") for one in claimed], now=NOW)
    await deliveries.owe([notice(1)], now=NOW, expires_at=TOMORROW)

    assert sorted(one.endpoint for one in claimed) == ["id of laptop of bob", "id of phone of bob"]
    assert [one.notice for one in claimed] == [notice(1)] * 2
    assert await states(database) == [("sent", None)] * 2
    assert await claim(deliveries, now=LATEST) == []


async def test_what_one_process_tries_no_other_does_until_its_lease_ends(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store, database: Database
) -> None:
    await store.record([notice(1)], now=NOW)
    await subscriptions.keep(subscription())
    await deliveries.owe([notice(1)], now=NOW, expires_at=TOMORROW)

    [first] = await claim(deliveries, until=LATER, by="dies")
    assert await claim(deliveries, by="other") == []
    [second] = await claim(deliveries, now=LATER, until=LATEST, by="other")

    # The one that was given up comes back too late, and changes nothing.
    await deliveries.settle([Settled(delivery=first, state="failed", reason="refused")], now=LATER)
    assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)
    assert await states(database) == [("waiting", None)]
    await deliveries.settle([Settled(delivery=second, state="sent")], now=LATER)
    assert await states(database) == [("sent", None)]


async def test_processes_that_look_at_once_share_what_is_due(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store
) -> None:
    people = [f"user {number}" for number in range(40)]
    for person in people:
        await subscriptions.keep(subscription(f"phone-{person.removeprefix('user ')}", user_id=person))
    notices = [notice(1, user_id=person) for person in people]
    await store.record(notices, now=NOW)
    await deliveries.owe(notices, now=NOW, expires_at=TOMORROW)
    databases = [Database() for _ in range(4)]

    taken = await asyncio.gather(
        *(claim(Pushes(one), by=f"process {number}", limit=10) for number, one in enumerate(databases))
    )

    ids = [one.id for some in taken for one in some]
    assert len(ids) == len(set(ids))
    rest = [one.id for number in range(8) for one in await claim(deliveries, by=f"rest {number}")]
    assert len(ids + rest) == len(set(ids + rest)) == 40
    for one in databases:
        await one.close()


async def test_one_delivery_at_a_time_goes_to_an_endpoint_in_their_order(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store
) -> None:
    await subscriptions.keep(subscription())
    for seq in (1, 2, 3):
        await store.record([notice(seq)], now=NOW)
        await deliveries.owe([notice(seq)], now=NOW, expires_at=TOMORROW)

    [first] = await claim(deliveries)
    assert await claim(deliveries, by="two", busy=[first.endpoint]) == []
    await deliveries.settle([Settled(delivery=first, state="sent")], now=NOW)
    [second] = await claim(deliveries, by="three")

    assert [one.notice.seq for one in (first, second) if one.notice] == [1, 2]


async def test_a_host_that_has_enough_under_way_is_passed_over(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store
) -> None:
    for name in ("phone", "laptop"):
        await subscriptions.keep(subscription(name))
    await store.record([notice(1)], now=NOW)
    await deliveries.owe([notice(1)], now=NOW, expires_at=TOMORROW)

    [one] = await claim(deliveries, full=["phone.example.com"])

    assert one.endpoint == "id of laptop of bob"


async def test_an_endpoint_that_pauses_is_left_alone_with_all_that_waits_for_it_and_comes(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store
) -> None:
    for name in ("phone", "laptop"):
        await subscriptions.keep(subscription(name))
    notices = [notice(seq) for seq in (1, 2, 3)]
    await store.record(notices, now=NOW)
    await deliveries.owe(notices[:2], now=NOW, expires_at=TOMORROW)
    first = {one.endpoint: one for one in await claim(deliveries)}
    phone, laptop = first["id of phone of bob"], first["id of laptop of bob"]

    paused = Settled(delivery=phone, state="waiting", error="HTTP 429", due_at=LATER, asked=True, pauses=True)
    await deliveries.settle([paused, Settled(delivery=laptop, state="sent")], now=NOW)
    await deliveries.owe(notices[2:], now=NOW, expires_at=TOMORROW)

    assert {one.endpoint for one in await claim(deliveries, by="two")} == {laptop.endpoint}
    assert phone.endpoint in {one.endpoint for one in await claim(deliveries, now=LATER, until=LATEST, by="three")}
    [after] = [one for one in await subscriptions.of_person("bob") if one.id == phone.endpoint]
    assert after.failures == 1


async def test_who_was_not_asked_has_not_failed(deliveries: Pushes, subscriptions: Subscriptions, store: Store) -> None:
    await subscriptions.keep(subscription())
    await store.record([notice(1)], now=NOW)
    await deliveries.owe([notice(1)], now=NOW, expires_at=TOMORROW)
    [one] = await claim(deliveries)

    await deliveries.settle([Settled(delivery=one, state="waiting", due_at=LATER)], now=NOW)
    [again] = await claim(deliveries, now=LATER, until=LATEST, by="two")

    assert (one.attempts, again.attempts) == (1, 1)
    assert [each.failures for each in await subscriptions.of_person("bob")] == [0]


async def test_a_browser_that_is_gone_is_forgotten_with_what_waits_for_it(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store, database: Database
) -> None:
    await subscriptions.keep(subscription())
    notices = [notice(seq) for seq in (1, 2)]
    await store.record(notices, now=NOW)
    await deliveries.owe(notices, now=NOW, expires_at=TOMORROW)
    [one] = await claim(deliveries)

    await deliveries.settle([Settled(delivery=one, state="failed", reason="gone", error="HTTP 410")], now=NOW)

    assert await states(database) == [("failed", "gone")] * 2
    assert await subscriptions.of_person("bob") == []


async def test_the_same_endpoint_is_the_same_subscription(subscriptions: Subscriptions) -> None:
    kept_id = await subscriptions.keep(subscription(at=NOW))
    again = await subscriptions.keep(subscription(session_id="two", at=LATER))

    [one] = await subscriptions.of_person("bob")
    assert (again, one.id, one.session_id) == (kept_id, kept_id, "two")
    assert (one.created_at, one.confirmed_at) == (NOW, LATER)


async def test_an_endpoint_is_one_persons_and_what_waits_for_the_former_is_not_sent_there(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store, database: Database
) -> None:
    await subscriptions.keep(subscription(user_id="bob"))
    await store.record([notice(1)], now=NOW)
    await deliveries.owe([notice(1)], now=NOW, expires_at=TOMORROW)

    await subscriptions.keep(subscription(user_id="carol"))

    assert await subscriptions.of_person("bob") == []
    assert [one.user_id for one in await subscriptions.of_person("carol")] == ["carol"]
    assert await states(database) == [("failed", "unsubscribed")]
    assert await claim(deliveries, now=LATEST) == []


async def test_of_a_seventeenth_device_the_oldest_goes(subscriptions: Subscriptions) -> None:
    names = [f"device-{number:02}" for number in range(SUBSCRIPTIONS_AT_MOST + 1)]
    for number, name in enumerate(names):
        await subscriptions.keep(subscription(name, at=f"2026-11-20T12:00:{number:02}.000+00:00"))
    await subscriptions.keep(subscription("other", user_id="carol"))

    kept = await subscriptions.of_person("bob")

    assert [one.device for one in kept] == names[:0:-1]
    assert len(kept) == SUBSCRIPTIONS_AT_MOST == 16
    assert len(await subscriptions.of_person("carol")) == 1


async def test_subscriptions_end_with_their_session_their_person_and_when_asked(subscriptions: Subscriptions) -> None:
    for name, session_id in (("phone", "one"), ("laptop", "two"), ("tablet", "two")):
        await subscriptions.keep(subscription(name, session_id=session_id))
    await subscriptions.keep(subscription("other", user_id="carol", session_id="three"))

    await subscriptions.end_of_sessions({"one", "nobody's"}, now=NOW)
    await subscriptions.end("id of laptop of bob", user_id="carol", now=NOW)
    assert [one.device for one in await subscriptions.of_person("bob")] == ["tablet", "laptop"]
    await subscriptions.end("id of laptop of bob", user_id="bob", now=NOW)
    await subscriptions.end_of_people({"carol"}, now=NOW)

    assert [one.device for one in await subscriptions.of_person("bob")] == ["tablet"]
    assert await subscriptions.of_person("carol") == []
    with pytest.raises(NotFound):
        await subscriptions.access("id of tablet of bob", user_id="carol")


async def test_devices_that_are_not_heard_of_end_some_at_a_time(subscriptions: Subscriptions) -> None:
    for name in ("phone", "laptop", "tablet"):
        await subscriptions.keep(subscription(name))
    await subscriptions.keep(subscription("phone", at=LATEST))

    ended = [await subscriptions.end_unconfirmed(confirmed_before=LATER, limit=1, now=LATEST) for _ in range(3)]

    assert ended == [1, 1, 0]
    assert [one.device for one in await subscriptions.of_person("bob")] == ["phone"]


async def test_deliveries_that_ended_long_ago_are_forgotten_and_those_that_wait_are_not(
    deliveries: Pushes, subscriptions: Subscriptions, store: Store, database: Database
) -> None:
    await subscriptions.keep(subscription())
    notices = [notice(seq) for seq in (1, 2, 3)]
    await store.record(notices, now=NOW)
    for each in notices:
        await deliveries.owe([each], now=NOW, expires_at=TOMORROW)
    for name in ("one", "two"):
        [taken] = await claim(deliveries, by=name)
        await deliveries.settle([Settled(delivery=taken, state="sent")], now=NOW)

    forgotten = [await deliveries.forget_ended(recorded_before=LATER, limit=1) for _ in range(3)]

    assert forgotten == [1, 1, 0]
    assert await states(database) == [("waiting", None)]
    assert await deliveries.forget_ended(recorded_before=NOW, limit=10) == 0


async def test_a_crowd_without_devices_costs_no_write(deliveries: Pushes, database: Database) -> None:
    crowd = [notice(1, user_id=f"user {number}") for number in range(1201)]

    assert await deliveries.owe(crowd, now=NOW, expires_at=TOMORROW) == 0
    assert await states(database) == []
