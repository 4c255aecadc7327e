"""Migrations: what an older version wrote is brought along, once."""

import math
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace as replaced
from functools import partial

import pytest

from chatflow.protocol.objects import Reaction
from chatflow.wire.outbox import Job
from message_service.stores import migrating
from message_service.stores.migrating import Migrating, Migration
from message_service.stores.mongodb import migrations as mongodb_migrations
from message_service.stores.opening import open_store
from message_service.stores.port import MessageStore
from message_service.stores.sqlite import migrations as sqlite_migrations
from tests.contracts.first_store import BOB, CAROL, CROWD, LIVING, ROOM, finish, loaded, messages, reactors
from tests.contracts.message_store_profiles import opened
from tests.contracts.older_stores import write_first_store

pytestmark = pytest.mark.not_on_ferretdb("a store is filled by each test, which takes it seconds")


@pytest.fixture
def older_url(message_store_url: str) -> str:
    write_first_store(message_store_url)
    return message_store_url


@pytest.fixture
def brought_along(older_url: str) -> Iterator[MessageStore]:
    with opened(older_url) as store:
        finish(store)
        yield store


def test_reactions_come_along_with_when_they_were_put(brought_along: MessageStore) -> None:
    first, second, gone, _ = messages(brought_along, viewer=BOB)

    # Bob took his off and put it back.
    assert first.reactions == [Reaction("👍", [CAROL, BOB], 2, mine=True), Reaction("🎉", [CAROL], 1, mine=False)]
    assert second.reactions == [Reaction("x.$y", CROWD[:50], 60, mine=False)]
    assert gone.deleted
    assert reactors(brought_along, first, "👍") == [
        (CAROL, "2026-11-20T10:05:00.000Z"),
        (BOB, "2026-11-20T10:08:00.000Z"),
    ]
    assert [user_id for user_id, _ in reactors(brought_along, second, "x.$y")] == CROWD


def test_only_invitations_that_let_somebody_in_come_along(brought_along: MessageStore) -> None:
    snapshot = loaded(brought_along).snapshot

    assert snapshot is not None
    assert {invite.invite_id: invite.uses_left for invite in snapshot.invites} == {
        name: 1 if name.endswith("101") else None for name in LIVING
    }
    assert {invite.secret_hash[-1] for invite in snapshot.invites} == {"1", "2", "6"}


def test_rooms_are_found_by_their_topics(brought_along: MessageStore) -> None:
    decomposed = unicodedata.normalize("NFD", "ÄRGER")
    for query in ("ärger und größe", "ÄRGER UND GRÖSSE", decomposed, "STRASSE"):
        assert [one.room.name for one in brought_along.public_rooms(query, after=None, limit=5)] == ["Straße"]


def test_what_was_owed_is_owed_to_alerts(brought_along: MessageStore) -> None:
    job = Job(ROOM, 2)
    assert brought_along.owed(limit=10, until=math.inf, partitions=None) == [job]
    assert brought_along.owed(limit=10, until=math.inf, partitions=None, consumer="others") == []

    brought_along.clear_owed([job])
    assert brought_along.owed(limit=10, until=math.inf, partitions=None) == []


def test_counts_and_positions_are_as_they_were(brought_along: MessageStore) -> None:
    [(_, row)] = brought_along.rows([(CAROL, ROOM)])

    assert (row.room.head, row.room.n, row.room.member_count, row.room.read_seq) == (84, 4, 4, 69)


def test_what_is_done_is_not_done_again(older_url: str) -> None:
    with opened(older_url) as store:
        finish(store)
    applied: list[int] = []

    with closing(open_store(older_url)) as store:
        known = store.migrating._migrations  # type: ignore[attr-defined]
        steps = [replaced(step, up=partial(note, applied, step.number)) for step in known]
        number = len(known) + 1
        new = Migration(
            number=number, name="new", up=partial(note, applied, number), in_background=False, oldest=number
        )
        Migrating(store.migrating._store, [*steps, new]).run()  # type: ignore[attr-defined]
    with closing(open_store(older_url)) as store:
        Migrating(store.migrating._store, [*steps, new]).run()  # type: ignore[attr-defined]

    assert applied == [number]


def note(applied: list[int], number: int, _: object) -> None:
    applied.append(number)


def test_both_servers_take_the_same_steps() -> None:
    on_sqlite, on_mongodb = [
        # What a step lets in, and whether it takes long, is each server's own.
        [(step.number, step.name) for step in migrating.migrations_in(package)]
        for package in (sqlite_migrations, mongodb_migrations)
    ]

    assert on_sqlite == on_mongodb


def test_a_new_store_has_nothing_to_bring_along(message_store_url: str) -> None:
    with opened(message_store_url) as store:
        assert store.migrating._thread is None  # type: ignore[attr-defined]
