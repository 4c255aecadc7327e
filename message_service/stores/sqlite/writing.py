"""Writes rows of one table, which come in two widths: plain ones, as most are, and whole ones."""

import sqlite3
from collections.abc import Sequence

from message_service.stores.sqlite.documents import Row


def insert_rows(db: sqlite3.Connection, rows: Sequence[Row], *, plain: str, whole: str) -> None:
    """Insert each row by the statement of its width."""
    width = plain.count("?")
    db.executemany(plain, [row for row in rows if len(row) == width])
    db.executemany(whole, [row for row in rows if len(row) != width])
