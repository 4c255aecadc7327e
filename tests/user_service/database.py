"""The service's database as seen past the service: to age what is in it, and to set it up as an older version did."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.user_service.running import DJANGO_SECRET_KEY, REPOSITORY

ROLES = "SELECT username, role FROM users"
# PostgreSQL: how many wait for a lock that somebody else holds.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def execute(database_url: str, statement: str, *rows: Sequence[Any]) -> None:
    """Run a statement once for each row of its parameters, which it names by `?`; without rows once."""
    with opened(database_url) as connection:
        cursor = connection.cursor()
        for row in rows or ((),):
            cursor.execute(native(database_url, statement), row)
        connection.commit()
    connection.close()


def query(database_url: str, statement: str) -> list[tuple[Any, ...]]:
    with opened(database_url) as connection:
        cursor = connection.cursor()
        cursor.execute(native(database_url, statement))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    connection.close()
    return found


def opened(database_url: str) -> Any:
    if database_url.startswith("sqlite"):
        return sqlite3.connect(urlsplit(database_url).path, timeout=10)
    return psycopg.connect(database_url)


def native(database_url: str, statement: str) -> str:
    return statement if database_url.startswith("sqlite") else statement.replace("?", "%s")


def migrate(database_url: str) -> None:
    """Bring an empty database up to date."""
    run_django(database_url, "migrate", "--verbosity=0")


def copy_database(file: Path, folder: Path) -> str:
    """Return the url of a copy of an SQLite database that nobody has open."""
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return f"sqlite:///{shutil.copy(file, folder / file.name)}"


def migrate_to(database_url: str, *steps: tuple[str, str]) -> None:
    """Bring an empty database to where an older version had it."""
    for app, step in steps:
        run_django(database_url, "migrate", app, step, "--verbosity=0")


def run_in_django(database_url: str, program: str) -> None:
    """Run a program that uses the service's own modules, in a process of its own."""
    run_django(database_url, "shell", "--command", program)


def start_in_django(database_url: str, program: str) -> "subprocess.Popen[str]":
    """Start a program that uses the service's own modules, and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-m", "django", "shell", "--verbosity=0", "--command", program],
        env=os.environ | django_environment(database_url),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_django(database_url: str, *arguments: str, folder: Path = REPOSITORY) -> None:
    """Run a command of the program in this folder."""
    subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env=os.environ | django_environment(database_url),
        cwd=folder,
        check=True,
    )


def django_environment(database_url: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "user_service.settings",
        "CHATFLOW_USER_DATABASE_URL": database_url,
        "CHATFLOW_DJANGO_SECRET_KEY": DJANGO_SECRET_KEY,
    }
