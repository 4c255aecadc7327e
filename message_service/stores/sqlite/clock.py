"""The stored log's time, on SQLite."""

import sqlite3

import msgspec

from message_service.retention.log_clock import ClockMark

KEEP = "INSERT INTO clock (id, mark) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"


def kept_mark(db: sqlite3.Connection) -> ClockMark | None:
    row = db.execute("SELECT mark FROM clock WHERE id = 1").fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=ClockMark)


def keep_mark(db: sqlite3.Connection, mark: ClockMark) -> None:
    db.execute(KEEP, (msgspec.json.encode(mark).decode(),))
