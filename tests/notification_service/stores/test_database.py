"""The database under the models: durable, mended after outages, with a deadline, and clear about what is no outage."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from chatflow.errors import TimedOut, Unavailable
from notification_service.stores import database as stored
from notification_service.stores import postgresql
from notification_service.stores.database import Database
from notification_service.stores.models import StoredPreferences
from notification_service.stores.preferences import PreferencesStore
from tests.notification_service import orm


@pytest.fixture
def migrated_postgres(postgres_url: str) -> str:
    orm.migrate(postgres_url)
    return postgres_url


@pytest.fixture
async def postgres_database(migrated_postgres: str) -> AsyncIterator[Database]:
    async with opened() as database:
        yield database


@pytest.fixture
async def sqlite_database(migrated_sqlite: None) -> AsyncIterator[Database]:
    async with opened() as database:
        yield database


@asynccontextmanager
async def opened() -> AsyncIterator[Database]:
    database = Database()
    try:
        yield database
    finally:
        await database.close()


def answer_to(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        [(answer,)] = cursor.fetchall()
    return answer


@pytest.mark.parametrize("statement", ["SELECT id FROM nowhere", "SELECT colour FROM notices", "SELEC 1"])
async def test_a_statement_that_is_wrong_is_no_outage(database: Database, statement: str) -> None:
    with pytest.raises(DatabaseError):
        await database.transact(lambda: answer_to(statement))

    assert await database.transact(lambda: answer_to("SELECT 1")) == 1


async def test_a_statement_beyond_what_postgresql_takes_is_no_outage(postgres_database: Database) -> None:
    with pytest.raises(DatabaseError, match="too large"):
        await postgres_database.read(lambda: answer_to("SELECT repeat('x', 2000000000)"))


async def test_postgresql_is_not_waited_for_longer_than_its_deadline(
    monkeypatch: pytest.MonkeyPatch, postgres_database: Database
) -> None:
    monkeypatch.setattr(postgresql, "ANSWER_MILLISECONDS", 100)
    asked_at = time.monotonic()

    with pytest.raises(Unavailable):
        await postgres_database.read(lambda: answer_to("SELECT 1 FROM pg_sleep(30)"))

    assert time.monotonic() - asked_at < 5
    assert await postgres_database.read(lambda: answer_to("SELECT 1")) == 1


async def test_who_waits_behind_work_that_hangs_is_told_so_and_what_had_not_begun_is_not_done(
    monkeypatch: pytest.MonkeyPatch, sqlite_database: Database
) -> None:
    goes_on = threading.Event()
    sqlite_database._thread.submit(goes_on.wait)
    with monkeypatch.context() as hanging:
        hanging.setattr(stored, "WAIT_SECONDS", 0.05)
        with pytest.raises(TimedOut):
            await sqlite_database.transact(StoredPreferences(user_id="bob", preferences="{}").save)
        with pytest.raises(TimedOut):
            await sqlite_database.transact(StoredPreferences(user_id="eve", preferences="{}").save, even_late=True)
    goes_on.set()

    kept = await sqlite_database.read(lambda: [one.user_id for one in StoredPreferences.objects.all()])
    assert kept == ["eve"]


async def test_a_transaction_on_a_file_reads_nothing_outdated(sqlite_database: Database) -> None:
    def count_one() -> None:
        counter = StoredPreferences.objects.get(user_id="counter")
        counter.preferences = str(int(counter.preferences) + 1)
        counter.save()

    other = Database()
    await other.transact(StoredPreferences(user_id="counter", preferences="0").save)

    await asyncio.gather(*(one.transact(count_one) for one in (sqlite_database, other) * 20))

    counter = await other.read(lambda: StoredPreferences.objects.get(user_id="counter"))
    assert counter.preferences == "40"
    await other.close()


async def test_what_is_committed_to_a_file_survives_a_power_cut(sqlite_database: Database) -> None:
    # FULL: the file is synced at each commit.
    assert await sqlite_database.read(lambda: answer_to("PRAGMA synchronous")) == 2
    assert await sqlite_database.read(lambda: answer_to("PRAGMA journal_mode")) == "wal"


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail_behind_a_write() -> None:
        StoredPreferences(user_id="bob", preferences="{}").save()
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(fail_behind_a_write)

    assert await database.read(StoredPreferences.objects.count) == 0


async def test_a_connection_that_postgresql_ended_is_made_anew(postgres_database: Database, postgres_url: str) -> None:
    assert await PreferencesStore(postgres_database).of(["nobody"]) == {}
    end_connections(postgres_url)
    assert await PreferencesStore(postgres_database).of(["nobody"]) == {}

    end_connections(postgres_url)
    await postgres_database.transact(StoredPreferences(user_id="bob", preferences="{}").save)


async def test_a_transaction_whose_connection_is_lost_is_unavailable_and_the_next_is_not(
    postgres_database: Database, postgres_url: str
) -> None:
    def write_between_ends() -> None:
        StoredPreferences(user_id="carol", preferences="{}").save()
        end_connections(postgres_url)
        StoredPreferences(user_id="dave", preferences="{}").save()

    with pytest.raises(Unavailable):
        await postgres_database.transact(write_between_ends)

    kept = await postgres_database.read(lambda: StoredPreferences.objects.filter(user_id__in=["carol", "dave"]).count())
    assert kept == 0


def end_connections(url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(params=["sqlite:////proc/none/notifications.db", "postgresql://nobody@127.0.0.1:1/none"])
def missing(request: pytest.FixtureRequest) -> None:
    orm.use_database(request.param)


@pytest.fixture
async def missing_database(missing: None) -> AsyncIterator[Database]:
    async with opened() as database:
        yield database


async def test_a_database_that_cannot_be_had_is_unavailable(missing_database: Database) -> None:
    with pytest.raises(Unavailable):
        await missing_database.transact(StoredPreferences.objects.count)
    with pytest.raises(Unavailable):
        await missing_database.read(StoredPreferences.objects.count)
