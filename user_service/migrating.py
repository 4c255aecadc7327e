"""Brings the database up to date, one process at a time, however many start together."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connection

# Any number that no other program on this database locks.
ADVISORY_LOCK = 0x43484154


def migrate_apart() -> None:
    """Migrate in a process of its own: what that imports would stay in this one for good."""
    child = os.fork()
    if child == 0:
        os._exit(migrate_and_tell())
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(1)


def migrate_and_tell() -> int:
    try:
        migrate()
    except (DatabaseError, OSError) as error:
        sys.stderr.write(f"error: {' '.join(str(error).split())}\n")
        sys.stderr.flush()
        return 1
    return 0


def migrate() -> None:
    # Imported here, where it is used and soon gone.
    from django.core.management import call_command

    lock = postgresql_lock() if connection.vendor == "postgresql" else file_lock()
    with lock:
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def postgresql_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextmanager
def file_lock() -> Iterator[None]:
    """Lock a file beside the database; the lock ends with the process that holds it."""
    database = Path(connection.settings_dict["NAME"])
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
