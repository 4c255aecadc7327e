"""Writes a store's file anew under another name, and puts it in place of the old one, which is kept beside it.

Until the new file is complete and on the disk, nothing about the old one changes; a new file that is not complete is
removed at the next start, which begins again. Putting it in place is one rename.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path

import structlog

from chatflow.process.settings import SettingsError
from chatflow.supervisor.start_deadline import STILL_STARTING
from message_service.stores.migrating import PROGRESS, TELL_EVERY_SECONDS
from message_service.stores.sqlite.copying import copy_all, has_all

log = structlog.get_logger(__name__)

# What is written is on the disk before the file gets its name, so until then nothing has to be safe.
BUILDING_PRAGMAS = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -64000")
# While the file grows, rows move from page to page; of a text that is deleted later no copy may stay behind.
SECURE = "PRAGMA secure_delete = ON"
# How often SQLite lets us say that it goes on, whatever statement it is at: many times a second.
INSTRUCTIONS_PER_CALL = 100_000

# Messages of a room stand all over the old file.
OLD_CACHE = "PRAGMA old.cache_size = -64000"
# Does something to the new file.
Work = Callable[[sqlite3.Connection], None]


def rebuild(path: Path, *, name: str, bring_along: Work, record: Work) -> None:
    """Rebuild the file of a store that nobody has open.

    `bring_along` does the steps before this one to the new file, and `record` notes there that this one is done.
    """
    path = path.resolve()
    new = path.with_name(f"{path.name}.new")
    with locked_exclusively(path):
        remove(new)
        refuse_without_space(path)
        refuse_without_links(path)
        begun = time.monotonic()
        log.info("the store's file is written anew", file=str(path), bytes=path.stat().st_size)
        try:
            build(new, path, name=name, bring_along=bring_along, record=record)
            kept = keep(path)
            new.replace(path)
        except sqlite3.Error as error:
            remove(new)
            raise SettingsError(
                f"{path}: the new file could not be written ({error}), so the old one was left as it is; make room on "
                "its disk and in the folder for temporary files, or go on with the older version"
            ) from error
        except BaseException:
            remove(new)
            raise
        sync(path.parent)
        log.warning(
            "the store's file was written anew; the old one is kept, with texts that are deleted from now on: remove "
            "it when you are sure not to go back",
            file=str(path),
            kept=str(kept),
            seconds=round(time.monotonic() - begun, 1),
        )


def build(new: Path, path: Path, *, name: str, bring_along: Work, record: Work) -> None:
    progress = PROGRESS.labels(name)
    told = Told()
    with closing(sqlite3.connect(new, isolation_level=None)) as db:
        for pragma in BUILDING_PRAGMAS:
            db.execute(pragma)
        db.execute(SECURE)
        # A room of millions of messages is one statement, and so is an index.
        db.set_progress_handler(told.tell, INSTRUCTIONS_PER_CALL)
        db.execute("ATTACH ? AS old", (str(path),))
        db.execute(OLD_CACHE)
        db.execute("BEGIN")
        for done, of in copy_all(db, bring_along=lambda: bring_along(db)):
            progress.set(done / max(of, 1))
            told.done, told.of = done, of
            told.tell()
        if not has_all(db):
            raise SettingsError(
                f"{path}: its rooms do not have all the events that they count, so it was left as it is; restore a "
                "backup, or go on with the older version"
            )
        record(db)
        db.execute("COMMIT")
    sync_and_tell(new, told)
    progress.set(1)


class Told:
    """Says every few seconds how far it is, so that whoever started the process waits on."""

    def __init__(self) -> None:
        self.done, self.of = 0, 0
        self._begun_at = self._told_at = time.monotonic()

    def tell(self) -> int:
        """Return 0, by which SQLite goes on."""
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_SECONDS:
            self._told_at = now
            log.info(
                f"{STILL_STARTING}: the store's file is written anew",
                messages=self.done,
                of=self.of,
                seconds=round(now - self._begun_at),
            )
        return 0


def sync_and_tell(path: Path, told: Told) -> None:
    """Bring a file of gigabytes to the disk, which may take minutes."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        syncing = pool.submit(sync, path)
        while not wait([syncing], timeout=TELL_EVERY_SECONDS).done:
            told.tell()
        syncing.result()


@contextmanager
def locked_exclusively(path: Path) -> Iterator[None]:
    """Keep everybody else from writing to the file; all that was written stands in it alone, without a log beside."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA journal_mode = DELETE")
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise SettingsError(
                f"{path}: another process has the store open; stop every message_service of the older version, then "
                "start again"
            ) from error
        yield


def refuse_without_space(path: Path) -> None:
    size, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < size:
        raise SettingsError(
            f"{path}: this version writes the store's file anew and keeps the old one, which takes up to {size} bytes "
            f"of free space, and there are {free}; make room, or go on with the older version"
        )


def refuse_without_links(path: Path) -> None:
    """The old file is kept under a second name; some file systems know none."""
    second = path.with_name(f"{path.name}.linked")
    second.unlink(missing_ok=True)
    try:
        os.link(path, second)
    except OSError as error:
        raise SettingsError(
            f"{path}: its file system has no hard links, by which the old file is kept ({error.strerror}); move the "
            "data to one that has them, or go on with the older version"
        ) from error
    finally:
        second.unlink(missing_ok=True)


def keep(path: Path) -> Path:
    """Give the old file a second name, which it keeps; a copy from an earlier time is left alone."""
    number = 1
    while True:
        kept = path.with_name(f"{path.name}.before-compact" + (f".{number}" if number > 1 else ""))
        if not kept.exists():
            os.link(path, kept)
            return kept
        if kept.samefile(path):
            return kept
        number += 1


def remove(new: Path) -> None:
    for path in (new, new.with_name(f"{new.name}-journal")):
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
