"""Turns the URL of a database into Django's settings: SQLite by a path, PostgreSQL by an address."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from chatflow.process.settings import SettingsError

# Longer than the longest write. A request that had to wait longer would be given up by its client anyway.
LOCK_WAIT_SECONDS = 5
# A commit is on the disk when it is acknowledged (FULL), and reads go on during writes (WAL).
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-512;"


def django_database(url: str, *, setting: str) -> dict[str, Any]:
    """Return the DATABASES entry for `sqlite:///<path>` or `postgresql://user:password@host:port/name?option=value`.

    `setting` is the name of the variable that holds the URL; the error names it, because the URL may have a password.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and parts.path:
        return sqlite_database(unquote(parts.path))
    if parts.scheme in {"postgresql", "postgres"} and parts.path.strip("/"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": LOCK_WAIT_SECONDS, **dict(parse_qsl(parts.query))},
        }
    raise SettingsError(f"{setting} must be sqlite:///<absolute path> or postgresql://…/<name>")


def sqlite_database(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A transaction takes the write lock at its first statement, so that none of its reads is outdated.
            "transaction_mode": "IMMEDIATE",
            "timeout": LOCK_WAIT_SECONDS,
            "init_command": SQLITE_PRAGMAS,
        },
    }
