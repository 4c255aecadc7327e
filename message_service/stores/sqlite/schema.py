"""Records how far a SQLite file is migrated: a step that is done at once and its record are one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from message_service.stores.migrating import Migration, Progress
from message_service.stores.sqlite.database import SqliteConnections

TABLE = """CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, begun_at TEXT NOT NULL, finished_at TEXT,
    position INTEGER)"""
BEGIN = "INSERT OR IGNORE INTO migrations (number, name, begun_at) VALUES (?, ?, ?)"
FINISH = "UPDATE migrations SET finished_at = ? WHERE number = ?"
# Files from before the table record it only in their header, and programs from before the table look only there.
FIRST_WITH_TABLE = 6


class SqliteMigrations:
    """See `message_service.stores.migrating.MigratedStore`."""

    def __init__(self, connections: SqliteConnections) -> None:
        self._db = connections

    @property
    def name(self) -> str:
        return self._db.path

    def begun(self) -> int:
        with self._db.writing() as db:
            [version] = db.execute("PRAGMA user_version").fetchone()
        return int(version)

    def finished(self) -> frozenset[int]:
        before_table = range(1, min(self.begun() + 1, FIRST_WITH_TABLE))
        with self._db.writing() as db:
            db.execute(TABLE)
            rows = db.execute("SELECT number FROM migrations WHERE finished_at IS NOT NULL").fetchall()
        return frozenset([*before_table, *(number for (number,) in rows)])

    def apply(self, migration: Migration) -> None:
        with self._db.writing() as db:
            begin(db, migration)
            for _ in migration.up(OneTransaction(db)) or ():
                pass
            db.execute(FINISH, (now(), migration.number))

    def batches(self, migration: Migration) -> Iterator[Progress]:
        with self._db.writing() as db:
            begin(db, migration)
        return migration.up(self._db) or iter(())

    def record(self, migration: Migration) -> None:
        with self._db.writing() as db:
            db.execute(FINISH, (now(), migration.number))


class OneTransaction:
    """Stands in for the connections while everything that is written is part of one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        yield self._db


def begin(db: sqlite3.Connection, migration: Migration) -> None:
    db.execute(BEGIN, (migration.number, migration.name, now()))
    # A program that does not know this step must refuse the file from here on.
    [version] = db.execute("PRAGMA user_version").fetchone()
    db.execute(f"PRAGMA user_version = {max(version, migration.number)}")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
