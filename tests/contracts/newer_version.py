"""Stands for the next version of the message store: its steps, and what it keeps in the tables that there are.

Its message has a number more, null until the step in the background raises it. Whoever did that twice would show 2.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from message_service.stores.migrating import Migrating, Migration, Progress
from message_service.stores.mongodb.database import MongoDatabase
from message_service.stores.opening import open_store
from message_service.stores.port import MessageStore
from message_service.stores.sqlite.database import SqliteConnections

MESSAGES_PER_BATCH = 2

# What the log makes of itself and of people, on either server.
ADDED_TO = {
    "sqlite": ("events", "messages", "rooms", "memberships", "people", "invites", "thread_follows", "clock"),
    "mongodb": ("events", "rooms", "memberships", "people", "invites", "reactions", "thread_follows", "clock"),
}


def add_to_all(url: str) -> None:
    """Give each row a value that only a newer version knows."""
    WRITERS[server_of(url)](url)


def count_added(url: str) -> dict[str, int]:
    """Return in how many rows of each table that value stands."""
    return COUNTERS[server_of(url)](url)


def server_of(url: str) -> str:
    return url.partition(":")[0]


@contextmanager
def sqlite_file(url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db, db:
        yield db


@contextmanager
def mongodb_database(url: str) -> Iterator[Database[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](url) as client:
        yield client.get_default_database()


def add_on_sqlite(url: str) -> None:
    with sqlite_file(url) as db:
        for table in ADDED_TO["sqlite"]:
            db.execute(f"ALTER TABLE {table} ADD COLUMN newer TEXT")
            db.execute(f"UPDATE {table} SET newer = 'kept'")  # noqa: S608


def add_on_mongodb(url: str) -> None:
    with mongodb_database(url) as db:
        for collection in ADDED_TO["mongodb"]:
            db[collection].update_many({}, {"$set": {"newer": "kept"}})


def count_on_sqlite(url: str) -> dict[str, int]:
    with sqlite_file(url) as db:
        return {
            table: db.execute(f"SELECT count(*) FROM {table} WHERE newer = 'kept'").fetchone()[0]  # noqa: S608
            for table in ADDED_TO["sqlite"]
        }


def count_on_mongodb(url: str) -> dict[str, int]:
    with mongodb_database(url) as db:
        return {collection: db[collection].count_documents({"newer": "kept"}) for collection in ADDED_TO["mongodb"]}


WRITERS = {"sqlite": add_on_sqlite, "mongodb": add_on_mongodb}
COUNTERS = {"sqlite": count_on_sqlite, "mongodb": count_on_mongodb}


@contextmanager
def opened_by_newer(url: str, steps: Sequence[Migration]) -> Iterator[MessageStore]:
    """Open the store as a program does that knows these steps too."""
    store: Any = open_store(url)
    store.migrating = Migrating(store.migrating._store, [*store.migrating._migrations, *steps])
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def newest_step(url: str) -> int:
    """Return the number of this program's newest step."""
    with closing(open_store(url)) as store:
        return int(store.migrating._migrations[-1].number)  # type: ignore[attr-defined]


def nothing(number: int, *, oldest: int) -> Migration:
    """Return a step that does nothing; what counts is what it asks for."""
    return Migration(number=number, name="nothing", up=lambda _: None, in_background=False, oldest=oldest)


class Raising:
    """Two steps that expand: messages get a number, and in the background each that has none is raised to 1."""

    def __init__(self, url: str, *, stops_after: int | None = None) -> None:
        self._server, self._stops_after = server_of(url), stops_after
        self._newest = newest_step(url)
        self.has_stopped = threading.Event()
        self.times_made_room = 0

    @property
    def steps(self) -> list[Migration]:
        newest = self._newest
        common: dict[str, Any] = {"oldest": newest}
        return [
            Migration(number=newest + 1, name="numbers", up=self._make_room, in_background=False, **common),
            Migration(number=newest + 2, name="older_numbers", up=self._raise, in_background=True, **common),
        ]

    def _make_room(self, store: Any) -> None:
        self.times_made_room += 1
        ROOM_MAKERS[self._server](store)

    def _raise(self, store: Any) -> Iterator[Progress]:
        for done, progress in enumerate(RAISERS[self._server](store, self._newest + 2), start=1):
            if done == self._stops_after:
                self.has_stopped.set()
                raise OSError("stopped here")
            yield progress


def make_room_on_sqlite(store: SqliteConnections) -> None:
    with store.writing() as db:
        db.execute("ALTER TABLE messages ADD COLUMN raised INTEGER")


def raise_on_sqlite(store: SqliteConnections, number: int) -> Iterator[Progress]:
    with store.writing() as db:
        [position] = db.execute("SELECT coalesce(position, 0) FROM migrations WHERE number = ?", (number,)).fetchone()
        [last] = db.execute("SELECT max(rowid) FROM messages").fetchone()
    while position < last:
        position += MESSAGES_PER_BATCH
        with store.writing() as db:
            db.execute(
                "UPDATE messages SET raised = coalesce(raised, 0) + 1 WHERE rowid > ? AND rowid <= ?",
                (position - MESSAGES_PER_BATCH, position),
            )
            db.execute("UPDATE migrations SET position = ? WHERE number = ?", (position, number))
        yield Progress(min(position, last), last)


def make_room_on_mongodb(_: MongoDatabase) -> None:
    """Do nothing: a document has room for every field."""


def raise_on_mongodb(store: MongoDatabase, number: int) -> Iterator[Progress]:
    position = str((store.migrations.find_one({"_id": number}) or {}).get("position", ""))
    created = {"type": "message.created", "_id": {"$gt": position}}
    while batch := list(store.events.find(created, {"_id": 1}).sort([("_id", 1)]).limit(MESSAGES_PER_BATCH)):
        created["_id"] = {"$gt": batch[-1]["_id"]}
        store.events.update_many({"_id": {"$in": [one["_id"] for one in batch]}}, {"$inc": {"message.raised": 1}})
        store.migrations.update_one({"_id": number}, {"$set": {"position": batch[-1]["_id"]}})
        yield Progress(0, 0)


def raised(url: str) -> list[int]:
    """Return the number of each message, in their order."""
    return READERS[server_of(url)](url)


def read_on_sqlite(url: str) -> list[int]:
    with sqlite_file(url) as db:
        return [number for (number,) in db.execute("SELECT coalesce(raised, 0) FROM messages ORDER BY n")]


def read_on_mongodb(url: str) -> list[int]:
    with mongodb_database(url) as db:
        created = db["events"].find({"type": "message.created"}).sort([("seq", 1)])
        return [int(one["message"].get("raised", 0)) for one in created]


def forget_what_steps_ask_for(url: str) -> None:
    """Leave the record as programs wrote it that did not know of it."""
    FORGETTERS[server_of(url)](url)


def forget_on_sqlite(url: str) -> None:
    with sqlite_file(url) as db:
        db.execute("ALTER TABLE migrations DROP COLUMN oldest")


def forget_on_mongodb(url: str) -> None:
    with mongodb_database(url) as db:
        db["migrations"].update_many({}, {"$unset": {"oldest": ""}})


def number_that_former_programs_compare(url: str) -> int:
    """Return what a program from before `OLDEST` refuses the store by, if it is higher than its newest step."""
    return COMPARED[server_of(url)](url)


def compared_on_sqlite(url: str) -> int:
    with sqlite_file(url) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def compared_on_mongodb(url: str) -> int:
    with mongodb_database(url) as db:
        [newest] = db["migrations"].find().sort([("_id", -1)]).limit(1)
        return int(newest["_id"])


ROOM_MAKERS: dict[str, Any] = {"sqlite": make_room_on_sqlite, "mongodb": make_room_on_mongodb}
RAISERS: dict[str, Any] = {"sqlite": raise_on_sqlite, "mongodb": raise_on_mongodb}
READERS = {"sqlite": read_on_sqlite, "mongodb": read_on_mongodb}
FORGETTERS = {"sqlite": forget_on_sqlite, "mongodb": forget_on_mongodb}
COMPARED = {"sqlite": compared_on_sqlite, "mongodb": compared_on_mongodb}
