"""Names of open channels are unique: SQLite looks them up as it appends, in one transaction, so there is nothing to do."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11

up = executing(())
