"""What is kept is bounded, in age for all and in number for those whose inboxes grew, whatever fails meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chatflow.process.settled_clock import SettledClock
from notification_service.deciding.notices import IN_APP, Notice, notice_id
from notification_service.stores import notices as store_module
from notification_service.stores import tidying
from notification_service.stores.database import Database
from notification_service.stores.notices import Store
from notification_service.stores.reading import NoticeReader
from notification_service.stores.tidying import NOTICE_DAYS, tidy, tidy_for_ever
from tests.chatflow.conditions import until

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def settled() -> SettledClock:
    """A clock that is right."""
    return SettledClock(grace_seconds=0, wall=NOW.timestamp, elapsed=lambda: 0.0)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


async def record(store: Store, *seqs: int, days_ago: int = 0) -> None:
    """Let bob have been told of these so many days ago."""
    notices = [
        Notice(
            id=notice_id("room", seq, user_id="bob", channel=IN_APP),
            user_id="bob",
            room_id="room",
            seq=seq,
            channel=IN_APP,
            kind="mention",
            actor="alice",
            at=f"2026-11-20T10:00:{seq:02}.000Z",
        )
        for seq in seqs
    ]
    await store.record(notices, now=(NOW - timedelta(days=days_ago)).isoformat(timespec="milliseconds"))


async def kept(database: Database) -> list[int]:
    return [item.seq for item in await NoticeReader(database).page("bob", suppressed=False, place=None, limit=100)]


async def test_all_that_is_too_old_is_forgotten_and_nothing_else(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "FORGET_AT_ONCE", 2)
    await record(store, *range(1, 6), days_ago=NOTICE_DAYS + 1)
    await record(store, 6, 7, 8, days_ago=NOTICE_DAYS - 1)

    await tidy(store, grown=set(), clock=settled())

    assert await kept(database) == [8, 7, 6]


async def test_inboxes_that_grew_are_shortened_while_the_service_runs(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "TIDY_SECONDS", 0.01)
    monkeypatch.setattr(store_module, "INBOX_LIMIT", 2)
    grown: set[str] = set()
    forever = asyncio.create_task(tidy_for_ever(store, grown=grown, clock=settled()))

    await record(store, 1, 2, 3)
    grown.add("bob")

    await until(lambda: not grown)
    assert await kept(database) == [3, 2]
    forever.cancel()
