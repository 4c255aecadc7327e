"""What an event is owed to gets a row for each consumer; so far there was one, alerts."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 9
# Step 11 follows at once, and lets no older program in.
STATEMENTS = (
    """CREATE TABLE outbox (
        room_id TEXT NOT NULL, seq INTEGER NOT NULL, consumer TEXT NOT NULL, since REAL NOT NULL,
        partition INTEGER NOT NULL, PRIMARY KEY (room_id, seq, consumer)) WITHOUT ROWID""",
    "INSERT INTO outbox SELECT room_id, seq, 'alerts', since, partition FROM owed",
    "CREATE INDEX outbox_by_age ON outbox (consumer, since)",
    "DROP TABLE owed",
)

up = executing(STATEMENTS)
