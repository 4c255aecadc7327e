"""Lets a read position move back: adds how often it moved, and which of one's own messages lie after it."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    "ALTER TABLE memberships ADD COLUMN read_moves INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE memberships ADD COLUMN back_n INTEGER",
    # Null while nothing of one's own lies after the position.
    "ALTER TABLE memberships ADD COLUMN back_sender",
    "ALTER TABLE memberships ADD COLUMN own_unread INTEGER NOT NULL DEFAULT 0",
)

up = executing(STATEMENTS)
