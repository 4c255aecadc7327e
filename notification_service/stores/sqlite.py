"""Tells outages of SQLite from statements that are wrong."""

import sqlite3

from django.db import Error

# The lower byte of an error's code; the other bytes only say more about the same error.
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


def is_outage(error: Error) -> bool:
    """Tell whether the file or the disk fails; a statement that is wrong stays wrong however often it is tried."""
    return getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE in OUTAGES
