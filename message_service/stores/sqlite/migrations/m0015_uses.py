"""How often an invitation was used is counted; of those from before, from now on."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
STATEMENTS = ("ALTER TABLE invites ADD COLUMN used INTEGER NOT NULL DEFAULT 0",)

up = executing(STATEMENTS)
