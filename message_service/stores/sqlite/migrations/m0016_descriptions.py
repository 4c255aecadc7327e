"""What a room is for."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = ("ALTER TABLE rooms ADD COLUMN description TEXT NOT NULL DEFAULT ''",)

up = executing(STATEMENTS)
