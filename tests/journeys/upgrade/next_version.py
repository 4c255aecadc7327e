"""Stands for the next version: a copy of this checkout with more steps for messages, on both stores, accounts, notices.

All of them expand, so that this version can go on where that one was, unless it is to be shut out.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.journeys.system import ROOT

PACKAGES = (
    "chatflow",
    "chatflow_django",
    "gateway",
    "chat_service",
    "message_service",
    "user_service",
    "notification_service",
)
STEP = re.compile(r"m(\d{4})_\w+\.py")
STORES = ("sqlite", "mongodb")

# Of each store: a step that is done at once, and one that goes on in the background, in small batches, for longer than
# any test stays with that version. `OLDEST` is filled in.
COLOURS = {
    "sqlite": '''"""Rooms get a colour."""

from message_service.stores.sqlite.migrations import executing

OLDEST = {oldest}
up = executing(("ALTER TABLE rooms ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'",))
''',
    "mongodb": '''"""Rooms get a colour."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = {oldest}


def up(store: MongoDatabase) -> None:
    store.rooms.update_many({{"colour": {{"$exists": False}}}}, {{"$set": {{"colour": "grey"}}}})
''',
}
PAINTED = {
    "sqlite": '''"""Rooms turn blue, one by one."""

import time
from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections

OLDEST = {oldest}
IN_BACKGROUND = True
BATCHES = 10_000
PAINT = "UPDATE rooms SET colour = 'blue' WHERE id IN (SELECT id FROM rooms WHERE colour = 'grey' LIMIT 1)"


def up(store: SqliteConnections) -> Iterator[Progress]:
    for done in range(BATCHES):
        with store.writing() as db:
            db.execute(PAINT)
        time.sleep(0.02)
        yield Progress(done, BATCHES)
''',
    "mongodb": '''"""Rooms turn blue, one by one."""

import time
from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import MongoDatabase

OLDEST = {oldest}
IN_BACKGROUND = True
BATCHES = 10_000


def up(store: MongoDatabase) -> Iterator[Progress]:
    for done in range(BATCHES):
        store.rooms.update_one({{"colour": "grey"}}, {{"$set": {{"colour": "blue"}}}})
        time.sleep(0.1)
        yield Progress(done, BATCHES)
''',
}
NOTHING = '''"""Changes what an older program would misread."""


def up(store: object) -> None:
    """Do nothing: what counts is that no older program is let in."""
'''
# A column of accounts that programs which do not know it leave at its default.
ACCOUNT_COLOUR = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("user_accounts", "{newest}")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="colour",
            field=models.CharField(max_length=10, default="grey", db_default="grey"),
        ),
    ]
"""
# The same for notices.
NOTICE_COLOUR = ACCOUNT_COLOUR.replace("user_accounts", "notifications").replace('"user"', '"storednotice"')


def copy_of_this_version(folder: Path) -> Path:
    """Copy what the processes run, compiled files too: a first start that compiles takes seconds."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    return folder


def expand(checkout: Path) -> None:
    """Add steps that this version can live with."""
    for store in STORES:
        newest = newest_step(checkout, store)
        write_step(checkout, store, newest + 1, "colours", COLOURS[store].format(oldest=newest))
        write_step(checkout, store, newest + 2, "painted", PAINTED[store].format(oldest=newest))
    add_for_django(checkout / "user_service" / "accounts" / "migrations", ACCOUNT_COLOUR)
    add_for_django(checkout / "notification_service" / "stores" / "migrations", NOTICE_COLOUR)


def shut_out_older(checkout: Path) -> None:
    """Add a step that lets no older program in."""
    for store in STORES:
        write_step(checkout, store, newest_step(checkout, store) + 1, "misread", NOTHING)


def add_for_django(migrations: Path, content: str) -> None:
    newest = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / f"{int(newest[:4]) + 1:04d}_colour.py").write_text(content.format(newest=newest))


def newest_step(checkout: Path, store: str) -> int:
    names = (path.name for path in steps_of(checkout, store).iterdir())
    return max(int(found[1]) for name in names if (found := STEP.fullmatch(name)))


def write_step(checkout: Path, store: str, number: int, name: str, content: str) -> None:
    (steps_of(checkout, store) / f"m{number:04d}_{name}.py").write_text(content)


def steps_of(checkout: Path, store: str) -> Path:
    return checkout / "message_service" / "stores" / store / "migrations"


def coloured_by(database: str) -> list[str]:
    """Return the apps of Django's whose migration of the next version this database has taken."""
    with closing(OPENERS[database.partition(":")[0]](database)) as db:
        rows = db.execute("SELECT app FROM django_migrations WHERE name LIKE '%_colour'")
        return [app for (app,) in rows.fetchall()]


def open_file(url: str) -> sqlite3.Connection:
    return sqlite3.connect(url.removeprefix("sqlite:///"))


OPENERS: dict[str, Callable[[str], Any]] = {"sqlite": open_file, "postgresql": psycopg.connect}
