"""When others last brought a person in, and whether they may again."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = (
    "ALTER TABLE memberships ADD COLUMN added_at TEXT",
    "ALTER TABLE memberships ADD COLUMN declined INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX additions ON memberships (user_id, added_at) WHERE added_at IS NOT NULL",
)

up = executing(STATEMENTS)
