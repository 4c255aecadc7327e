"""The inbox on both databases: recorded once, paged in order, bounded, and only ever one's own."""

import asyncio
from datetime import datetime

import pytest

from chatflow.errors import NotFound
from chatflow.process.settled_clock import SettledClock
from notification_service.deciding.notices import IN_APP, Notice, Suppressed, notice_id
from notification_service.stores import notices as store_module
from notification_service.stores.database import Database
from notification_service.stores.items import Place
from notification_service.stores.models import StoredNotice
from notification_service.stores.notices import Store
from notification_service.stores.reading import NoticeReader
from notification_service.stores.tidying import tidy

NOW = "2026-11-20T12:00:00.000+00:00"


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def inbox(database: Database) -> NoticeReader:
    return NoticeReader(database)


def notice(
    seq: int = 1, *, user_id: str = "bob", room_id: str = "room", suppressed: Suppressed | None = None
) -> Notice:
    return Notice(
        id=notice_id(room_id, seq, user_id=user_id, channel=IN_APP),
        user_id=user_id,
        room_id=room_id,
        seq=seq,
        channel=IN_APP,
        kind="mention",
        actor="alice",
        at=f"2026-11-20T10:00:{seq % 60:02}.{seq // 60:03}Z",
        suppressed=suppressed,
    )


async def seqs(inbox: NoticeReader, user_id: str = "bob", *, suppressed: bool = False) -> list[int]:
    items = await inbox.page(user_id, suppressed=suppressed, place=None, limit=5000)
    return [item.seq for item in items]


async def test_a_notice_recorded_twice_is_there_once_and_is_told_until_that_is_recorded(
    store: Store, inbox: NoticeReader
) -> None:
    first, second = notice(1), notice(2)

    assert await store.record([first], now=NOW) == [first]
    assert {one.id for one in await store.record([first, second], now=NOW)} == {first.id, second.id}
    await store.mark_told([first])

    assert await store.record([first, second], now=NOW) == [second]
    assert await seqs(inbox) == [2, 1]


async def test_the_first_verdict_stands(store: Store, inbox: NoticeReader) -> None:
    await store.record([notice(1, suppressed="read")], now=NOW)

    assert await store.record([notice(1)], now=NOW) == []
    assert await seqs(inbox) == []


async def test_what_was_suppressed_is_kept_apart_and_says_why(store: Store, inbox: NoticeReader) -> None:
    kept = notice(1, suppressed="room_muted")

    assert await store.record([kept, notice(2)], now=NOW) == [notice(2)]

    assert await seqs(inbox) == [2]
    assert await seqs(inbox, suppressed=True) == [1]
    assert (await inbox.access_notice(kept.id, user_id="bob")).suppressed == "room_muted"


async def test_nobody_sees_or_marks_what_belongs_to_somebody_else(store: Store, inbox: NoticeReader) -> None:
    await store.record([notice(1)], now=NOW)

    assert await seqs(inbox, "carol") == []
    assert await store.mark_seen("carol", ids=[notice(1).id]) == 0
    with pytest.raises(NotFound):
        await inbox.access_notice(notice(1).id, user_id="carol")


async def test_a_name_that_no_database_can_look_for_is_nobodys(inbox: NoticeReader) -> None:
    with pytest.raises(NotFound):
        await inbox.access_notice("\0", user_id="bob")


async def test_more_notices_than_a_statement_takes_parameters_are_recorded(store: Store) -> None:
    crowd = [notice(1, user_id=f"user {number}") for number in range(1201)]

    untold = await store.record(crowd, now=NOW)
    await store.mark_told(untold)

    assert len(untold) == 1201
    assert await store.record(crowd, now=NOW) == []


async def test_pages_go_back_and_forth_without_gap_or_double(store: Store, inbox: NoticeReader) -> None:
    await store.record([notice(seq) for seq in range(1, 8)], now=NOW)

    newest = await inbox.page("bob", suppressed=False, place=None, limit=3)
    older = await inbox.page("bob", suppressed=False, place=Place(newest[2].at, newest[2].id), limit=3)
    newer = await inbox.page("bob", suppressed=False, place=Place(older[0].at, older[0].id, newer=True), limit=3)

    # One more than the limit tells that there is more.
    assert [item.seq for item in newest] == [7, 6, 5, 4]
    assert [item.seq for item in older] == [4, 3, 2, 1]
    assert [item.seq for item in newer] == [5, 6, 7]


async def test_seen_is_marked_by_id_by_room_and_for_all(store: Store, inbox: NoticeReader) -> None:
    await store.record([notice(seq) for seq in range(1, 6)], now=NOW)
    await store.record([notice(1, room_id="other")], now=NOW)
    assert await inbox.unread("bob") == 6

    assert await store.mark_seen("bob", ids=[notice(5).id]) == 1
    assert await store.mark_seen("bob", in_room=("room", 2)) == 2
    assert await inbox.unread("bob") == 3
    assert await store.mark_seen("bob") == 3
    assert await store.mark_seen("bob") == 0


async def test_unread_is_counted_up_to_a_bound(
    store: Store, inbox: NoticeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notification_service.stores.reading.UNREAD_COUNTED", 3)
    await store.record([notice(seq) for seq in range(1, 6)], now=NOW)

    assert await inbox.unread("bob") == 3


async def test_long_inboxes_keep_the_newest(store: Store, inbox: NoticeReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "INBOX_LIMIT", 3)
    await store.record([notice(seq) for seq in range(1, 6)], now=NOW)
    await store.record([notice(seq, suppressed="read") for seq in range(11, 16)], now=NOW)
    await store.record([notice(1, user_id="carol")], now=NOW)

    await store.shorten_inboxes({"bob", "carol", "nobody"})

    assert await seqs(inbox) == [5, 4, 3]
    assert await seqs(inbox, suppressed=True) == [15, 14, 13]
    assert await seqs(inbox, "carol") == [1]


async def test_old_notices_are_forgotten_some_at_a_time(store: Store, inbox: NoticeReader) -> None:
    await store.record([notice(seq) for seq in range(1, 4)], now="2026-01-01T00:00:00.000+00:00")
    await store.record([notice(9)], now=NOW)
    old = {"recorded_before": "2026-06-01T00:00:00.000+00:00"}

    assert await store.forget_older(**old, limit=2) == 2
    assert await store.forget_older(**old, limit=2) == 1
    assert await seqs(inbox) == [9]


async def test_a_clock_that_was_set_ahead_forgets_no_notice_until_it_has_stood(
    store: Store, inbox: NoticeReader
) -> None:
    now = datetime.fromisoformat(NOW).timestamp()
    wall, elapsed = [now], [0.0]
    clock = SettledClock(grace_seconds=60, wall=lambda: wall[0], elapsed=lambda: elapsed[0])
    await store.record([notice(1)], now=NOW)
    wall[0] += 400 * 86_400
    elapsed[0] += 60

    await tidy(store, grown=set(), clock=clock)
    assert await seqs(inbox) == [1]
    elapsed[0] += 60
    await tidy(store, grown=set(), clock=clock)
    assert await seqs(inbox) == []


async def test_two_processes_that_record_the_same_jobs_do_not_lock_up(store: Store, database: Database) -> None:
    other = Database()

    for seq in range(1, 6):
        crowd = [notice(seq, user_id=f"user {number}") for number in range(500)]
        await asyncio.gather(store.record(crowd, now=NOW), Store(other).record(crowd[::-1], now=NOW))

    assert await database.read(StoredNotice.objects.count) == 2500
    await other.close()
