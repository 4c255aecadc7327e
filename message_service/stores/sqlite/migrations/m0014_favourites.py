"""Where a room stands in a person's own list: among the favourites, and in a section of theirs."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = (
    "ALTER TABLE memberships ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE memberships ADD COLUMN section TEXT",
)

up = executing(STATEMENTS)
