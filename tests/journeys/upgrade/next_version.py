"""Stands for the next version: a copy of this checkout with more steps for accounts and for messages on SQLite.

All of them expand, so that this version can go on where that one was, unless it is to be shut out.
"""

import re
import shutil
from pathlib import Path

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

# A step that is done at once; `OLDEST` is filled in.
COLOURS = '''"""Rooms get a colour."""

from message_service.stores.sqlite.migrations import executing

OLDEST = {oldest}
up = executing(("ALTER TABLE rooms ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'",))
'''
# And one that goes on in the background, in small batches, for longer than any test stays with that version.
PAINTED = '''"""Rooms turn blue, one by one."""

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
'''
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


def copy_of_this_version(folder: Path) -> Path:
    """Copy what the processes run, compiled files too: a first start that compiles takes seconds."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package)
    return folder


def expand(checkout: Path) -> None:
    """Add steps that this version can live with."""
    newest = newest_step(checkout)
    write_step(checkout, newest + 1, "colours", COLOURS.format(oldest=newest))
    write_step(checkout, newest + 2, "painted", PAINTED.format(oldest=newest))
    accounts = checkout / "user_service" / "accounts" / "migrations"
    newest_name = max(path.stem for path in accounts.glob("0*.py"))
    number = int(newest_name[:4]) + 1
    (accounts / f"{number:04d}_colour.py").write_text(ACCOUNT_COLOUR.format(newest=newest_name))


def shut_out_older(checkout: Path) -> None:
    """Add a step that lets no older program in."""
    write_step(checkout, newest_step(checkout) + 1, "misread", NOTHING)


def newest_step(checkout: Path) -> int:
    return max(int(found[1]) for path in steps_of(checkout).iterdir() if (found := STEP.fullmatch(path.name)))


def write_step(checkout: Path, number: int, name: str, content: str) -> None:
    (steps_of(checkout) / f"m{number:04d}_{name}.py").write_text(content)


def steps_of(checkout: Path) -> Path:
    return checkout / "message_service" / "stores" / "sqlite" / "migrations"
