"""The database in one SQLite file, durable at the commit."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import structlog

from chatflow.errors import Unavailable
from notification_service.stores.database import Row, Transaction

log = structlog.get_logger(__name__)

Result = TypeVar("Result")

LOCK_WAIT_SECONDS = 5.0
LOCKED_AGAIN_SECONDS = 0.01
# Durable at the acknowledgement (FULL), readable during writes (WAL), half a megabyte of cache.
PRAGMAS = ("synchronous=FULL", "cache_size=-512")

# The lower byte of an error's code; the rest tells more of the same.
PRIMARY_CODE = 0xFF
OUTAGES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    )
)


class SqliteConnection:
    """See `notification_service.stores.database.Connection`."""

    def __init__(self, url: str) -> None:
        self._path = Path(unquote(urlsplit(url).path))
        self._connection: sqlite3.Connection | None = None

    def transact(self, work: Callable[[Transaction], Result], *, reads: bool) -> Result:
        try:
            connection = self._connection or self._connect()
            connection.execute("BEGIN" if reads else "BEGIN IMMEDIATE")
            try:
                result = work(SqliteTransaction(connection))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result
        except sqlite3.DatabaseError as error:
            if not is_outage(error):
                raise
            log.warning("the notification database failed", error=str(error))
            raise Unavailable("The notification database is not available right now.") from None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=LOCK_WAIT_SECONDS, isolation_level=None)
        try:
            use_wal(connection)
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Whoever comes first changes the file; SQLite lets nobody wait for that by itself."""
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
        time.sleep(LOCKED_AGAIN_SECONDS)


def is_outage(error: sqlite3.DatabaseError) -> bool:
    """Tell what is wrong with the file or the disk from what is wrong with a statement, which stays wrong."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE in OUTAGES


class SqliteTransaction:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._connection.execute(sql, parameters).rowcount

    def change_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)

    def lock_out_others(self) -> None:
        """BEGIN IMMEDIATE did."""
