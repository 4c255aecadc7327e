"""What retention is going to take is announced first, and the log has a time of its own."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = (
    # What retention will take from a room: messages written before a time, once this has stood for a while.
    """CREATE TABLE announced_trims (
        room_id TEXT PRIMARY KEY, retention_days INTEGER NOT NULL, before TEXT NOT NULL,
        since REAL NOT NULL) WITHOUT ROWID""",
    # One row: the log's time, and what it is borne out by.
    "CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), mark TEXT NOT NULL)",
)

up = executing(STATEMENTS)
