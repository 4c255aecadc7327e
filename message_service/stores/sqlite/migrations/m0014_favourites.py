"""Adds to each membership whether the room is a favourite, and its section in the person's own list of rooms."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    "ALTER TABLE memberships ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE memberships ADD COLUMN section TEXT",
)

up = executing(STATEMENTS)
