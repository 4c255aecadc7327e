"""Records how far a SQLite file is migrated: a step that is done at once and its record are one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from message_service.stores.migrating import Begun, Migration, Progress
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.rebuilding import rebuild

TABLE = """CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, begun_at TEXT NOT NULL, finished_at TEXT,
    position INTEGER, oldest INTEGER)"""
# Tables from before this column hold steps that let no older program in.
COLUMN = "ALTER TABLE migrations ADD COLUMN oldest INTEGER"
BEGUN = "SELECT number, name, coalesce(oldest, number), finished_at IS NOT NULL FROM migrations"
BEGIN = "INSERT OR IGNORE INTO migrations (number, name, begun_at, oldest) VALUES (?, ?, ?, ?)"
FINISH = "UPDATE migrations SET finished_at = ? WHERE number = ?"
HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
HAS_ROOMS = "SELECT 1 FROM rooms LIMIT 1"
# Files from before the table record it only in their header.
FIRST_WITH_TABLE = 6
# The step that writes the file anew.
REBUILDING = 11


class SqliteMigrations:
    """See `message_service.stores.migrating.MigratedStore`."""

    def __init__(self, connections: SqliteConnections) -> None:
        self._db = connections
        self._is_to_be_rebuilt = False
        self._left_to_rebuilding: list[Migration] = []

    @property
    def name(self) -> str:
        return self._db.path

    def begun(self) -> list[Begun]:
        with self._db.writing() as db:
            db.execute(TABLE)
            if "oldest" not in [column for _, column, *_ in db.execute("PRAGMA table_info(migrations)")]:
                db.execute(COLUMN)
            [version] = db.execute("PRAGMA user_version").fetchone()
            rows = db.execute(BEGUN).fetchall()
            has_log = db.execute(HAS_TABLE, ("rooms",)).fetchone() and db.execute(HAS_ROOMS).fetchone()
        begun = {
            number: Begun(number=number, name="", oldest=number, is_finished=number < FIRST_WITH_TABLE)
            for number in range(1, version + 1)
        }
        for number, name, oldest, is_finished in rows:
            begun[number] = Begun(number=number, name=name, oldest=oldest, is_finished=bool(is_finished))
        self._is_to_be_rebuilt = bool(has_log) and REBUILDING not in begun
        return list(begun.values())

    def apply(self, migration: Migration) -> None:
        if self._is_to_be_rebuilt and migration.number < REBUILDING:
            # Done to the new file, so that the old one stays what the older program left.
            self._left_to_rebuilding.append(migration)
        elif self._is_to_be_rebuilt and migration.number == REBUILDING:
            self._rebuild(migration)
        else:
            with self._db.writing() as db:
                do(db, migration)

    def _rebuild(self, migration: Migration) -> None:
        # The file may be replaced only while nobody has it open.
        self._db.close()
        rebuild(
            Path(self._db.path),
            name=migration.name,
            bring_along=self._bring_along,
            record=lambda db: note(db, migration),
        )
        self._is_to_be_rebuilt = False

    def _bring_along(self, db: sqlite3.Connection) -> None:
        for migration in self._left_to_rebuilding:
            do(db, migration)

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

    reading = writing


def begin(db: sqlite3.Connection, migration: Migration) -> None:
    db.execute(BEGIN, (migration.number, migration.name, now(), migration.oldest))
    # Programs from before the column `oldest` look here, and refuse a file whose number is higher than theirs. It goes
    # up with each step, also with one that lets older programs in: these are none of them, since they write rooms
    # whole and would empty what a newer version keeps there.
    [version] = db.execute("PRAGMA user_version").fetchone()
    db.execute(f"PRAGMA user_version = {max(version, migration.number)}")


def do(db: sqlite3.Connection, migration: Migration) -> None:
    begin(db, migration)
    for _ in migration.up(OneTransaction(db)) or ():
        pass
    db.execute(FINISH, (now(), migration.number))


def note(db: sqlite3.Connection, migration: Migration) -> None:
    begin(db, migration)
    db.execute(FINISH, (now(), migration.number))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
