"""Brings a service's database up to date at its start, one process at a time, however many start together."""

import fcntl
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from django.apps import AppConfig, apps
from django.db import DatabaseError, connection

from chatflow.errors import Unavailable

# Any number that no other program locks on these databases.
ADVISORY_LOCK = 0x43484154
# Within the time that the supervisor gives a service to start. Whoever restarts it lets it wait again.
LOCK_WITHIN_SECONDS = 60.0
RETRY_SECONDS = 0.05


def bring_up_to_date(manage: str, *, within_seconds: float = LOCK_WITHIN_SECONDS) -> None:
    """Apply the migrations that the database lacks, by `python -m <manage> migrate`, or end this process.

    In a process of its own, because what Django imports for this would stay in memory for good. Where nothing is to be
    done no process is started, which would make each start half a second longer.
    """
    given_up_at = time.monotonic() + within_seconds
    try:
        if is_up_to_date(within_seconds=within_seconds):
            return
    except Unavailable as error:
        sys.exit(f"error: {error}")
    command = [sys.executable, "-m", manage, "migrate", "--verbosity=0", "--no-input", "--skip-checks"]
    # It waits for the lock anew, in what is left of the time.
    left = f"--lock-within={max(0.0, given_up_at - time.monotonic()):.1f}"
    status = subprocess.run([*command, left], check=False).returncode  # noqa: S603 - our own module
    if status < 0:
        sys.exit(f"error: signal {-status} ended the migration of the database")
    if status > 0:
        # It has said why.
        sys.exit(1)


def is_up_to_date(*, within_seconds: float = LOCK_WITHIN_SECONDS) -> bool:
    """Compare the names of the migrations with those that the database has recorded."""
    wanted = {(app.label, name) for app in apps.get_app_configs() for name in migrations_of(app)}
    try:
        with migration_lock(within_seconds=within_seconds), connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return wanted <= set(cursor.fetchall())
    except (DatabaseError, OSError):
        # The database is new, or cannot be opened; the migration will say which.
        return False
    finally:
        connection.close()


def migrations_of(app: AppConfig) -> list[str]:
    """Return the names of an app's migrations, by the rule of Django's own loader."""
    spec = find_spec(f"{app.name}.migrations") if (Path(app.path) / "migrations").is_dir() else None
    folders = spec.submodule_search_locations if spec else None
    return [module.name for module in pkgutil.iter_modules(folders or []) if module.name[0] not in "_~"]


@contextmanager
def migration_lock(*, within_seconds: float = LOCK_WITHIN_SECONDS) -> Iterator[None]:
    """Keep other processes from migrating this database; the lock ends at the latest with the process that holds it.

    Raise Unavailable if another process keeps it for too long.
    """
    lock = postgresql_lock if connection.vendor == "postgresql" else file_lock
    with lock(within_seconds):
        yield


@contextmanager
def postgresql_lock(within_seconds: float) -> Iterator[None]:
    with connection.cursor() as cursor:

        def take() -> bool:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            return bool(cursor.fetchone()[0])

        wait_for_lock(take, within_seconds)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextmanager
def file_lock(within_seconds: float) -> Iterator[None]:
    """Lock a file beside the database."""
    database = Path(connection.settings_dict["NAME"])
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("w") as file:

        def take() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        wait_for_lock(take, within_seconds)
        yield


def wait_for_lock(take: Callable[[], bool], within_seconds: float) -> None:
    given_up_at = time.monotonic() + within_seconds
    while not take():
        if time.monotonic() >= given_up_at:
            waited = f"{within_seconds:g} s"
            raise Unavailable(f"another process has been migrating this database for {waited}; start again after it")
        time.sleep(RETRY_SECONDS)
