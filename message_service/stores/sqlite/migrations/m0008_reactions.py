"""Who reacts gets a row; those who did before stand in the message until it is written again, or step 9 comes by."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = (
    """CREATE TABLE reactions (
        room_id TEXT NOT NULL, n INTEGER NOT NULL, user_id TEXT NOT NULL, emoji TEXT NOT NULL, seq INTEGER NOT NULL,
        at TEXT, PRIMARY KEY (room_id, n, user_id, emoji)) WITHOUT ROWID""",
    "CREATE INDEX reactions_in_order ON reactions (room_id, n, emoji, seq, user_id)",
)

up = executing(STATEMENTS)
