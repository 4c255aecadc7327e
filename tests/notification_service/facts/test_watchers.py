"""Who watches for what is told apart from whom a message addresses, a bounded number of people at a time."""

from typing import Any

import pytest
from msgspec.structs import replace

from chatflow.http.service_client import ServiceClient
from chatflow.wire.outbox import Job
from notification_service.deciding.preferences import Preferences
from notification_service.facts.watchers import PEOPLE_AT_ONCE, READ_ANYWAY_SECONDS, Watchers
from notification_service.jobs.decider import Decider
from notification_service.stores.database import Database
from notification_service.stores.models import StoredPreferences
from notification_service.stores.preferences import PreferencesStore
from tests.notification_service.message_service_edge import details_about, recipient

NOW = "2026-11-28T10:00:00.000+00:00"


def said(text: str, *, thread: str | None = None) -> dict[str, Any]:
    return {"type": "message.created", "actor": "alice", "message": {"text": text, "thread": thread}}


@pytest.fixture
async def watchers(database: Database) -> Watchers:
    store = PreferencesStore(database)
    for user_id, wishes in (
        ("alice", Preferences(keywords=("tea",))),
        ("bob", Preferences(keywords=("Tea", "ship"), threads="all")),
        ("carol", Preferences(threads="all")),
    ):
        await store.change(user_id, lambda _, wishes=wishes: wishes, now=NOW)  # type: ignore[misc]
    watchers = Watchers(store)
    await watchers.refresh()
    return watchers


async def test_each_is_concerned_once_and_nobody_who_is_addressed_or_wrote_it(watchers: Watchers) -> None:
    def found(event: dict[str, Any], *but: str) -> list[tuple[str, list[str]]]:
        return [
            (watching.reason, watching.user_ids)
            for watching in watchers.of(event, keywords=watchers.keywords_in(event), but=but)
        ]

    assert found(said("tea")) == [("keyword", ["bob"])]
    assert found(said("tea", thread="root")) == [("keyword", ["bob"]), ("thread", ["carol"])]
    assert found(said("tea", thread="root"), "bob", "carol") == []
    assert found(said("coffee")) == []
    assert watchers.with_keywords == {"alice", "bob"}


async def test_a_crowd_that_watches_comes_in_portions() -> None:
    watchers = Watchers.__new__(Watchers)
    crowd = {f"user {number:05}": Preferences(keywords=("tea",)) for number in range(2 * PEOPLE_AT_ONCE + 1)}
    watchers._take(crowd)

    portions = watchers.of(said("tea"), keywords=watchers.keywords_in(said("tea")), but=())

    assert [len(portion.user_ids) for portion in portions] == [PEOPLE_AT_ONCE, PEOPLE_AT_ONCE, 1]
    assert sorted(user_id for portion in portions for user_id in portion.user_ids) == sorted(crowd)


async def test_a_change_that_leaves_the_mark_as_it_was_is_seen_within_a_minute(database: Database) -> None:
    store, now = PreferencesStore(database), 0.0
    await store.change("bob", lambda _: Preferences(keywords=("tea",)), now=NOW)
    watchers = Watchers(store, clock=lambda: now)
    await watchers.refresh()
    wishes = StoredPreferences.objects.filter(user_id="bob")
    await database.transact(lambda: wishes.update(wishes='{"keywords": ["ship"]}'))

    now = READ_ANYWAY_SECONDS - 1
    await watchers.refresh()
    assert watchers.keywords_in(said("ship")) == {}
    now = READ_ANYWAY_SECONDS
    await watchers.refresh()
    assert watchers.keywords_in(said("ship")) == {"bob": "ship"}


async def test_a_keyword_counts_also_for_who_is_away_while_those_who_are_here_are_called(
    database: Database, watchers: Watchers
) -> None:
    decider = Decider(
        preferences=PreferencesStore(database),
        watchers=watchers,
        message_service=ServiceClient("message_service", "http://127.0.0.1:1", ""),
    )
    called = [recipient("bob", only_if_here=True), recipient("carol", only_if_here=True)]
    event = said("<@here> tea") | {"at": NOW, "message": {"id": "m1", "text": "<@here> tea"}}
    # More people are on the next page, so nobody is asked about those who watch.
    page = replace(details_about(Job("room", 5), *called, event=event), next="carol")

    [notices] = [notices async for notices in decider.decide([page])]

    assert [(notice.user_id, notice.kind, notice.suppressed) for notice in notices] == [
        ("bob", "keyword", None),
        ("carol", "mention", "away"),
    ]
