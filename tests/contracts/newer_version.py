"""Stands for the next version of the message store: what it adds to the tables or collections that there are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

# What the log makes of itself and of people, on both servers.
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
