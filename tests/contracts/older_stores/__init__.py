"""Stores as the first version wrote them, before there were numbered migrations: its schema, with a story in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bson import json_util
from pymongo import MongoClient

FOLDER = Path(__file__).parent


def write_first_store(url: str) -> None:
    """Make the store at the URL what the first version left there; the story is the same on both servers."""
    WRITERS[url.partition(":")[0]](url)


def write_sqlite(url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db:
        db.executescript((FOLDER / "first.sql").read_text())


def write_mongodb(url: str) -> None:
    with MongoClient[dict[str, object]](url) as client:
        database = client.get_default_database()
        for name, documents in json_util.loads((FOLDER / "first.json").read_text()).items():
            if documents:
                database[name].insert_many(documents)


WRITERS = {"sqlite": write_sqlite, "mongodb": write_mongodb}
