"""Replies by whom they answer, and what people say is done in their inbox."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    """CREATE TABLE answers (
        room_id TEXT NOT NULL, user_id TEXT NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (room_id, user_id, n)) WITHOUT ROWID""",
    """CREATE TABLE inbox_done (
        user_id TEXT NOT NULL, room_id TEXT NOT NULL, n INTEGER NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (user_id, room_id, n)) WITHOUT ROWID""",
)

up = executing(STATEMENTS)
