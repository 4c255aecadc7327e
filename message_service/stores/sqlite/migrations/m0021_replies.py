"""What a message says of the thread that hangs under it."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    "ALTER TABLE messages ADD COLUMN replies INTEGER",
    "ALTER TABLE messages ADD COLUMN last_reply_n INTEGER",
    "ALTER TABLE messages ADD COLUMN last_reply_at INTEGER",
    "ALTER TABLE messages ADD COLUMN repliers TEXT",
)

up = executing(STATEMENTS)
