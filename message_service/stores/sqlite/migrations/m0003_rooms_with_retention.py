"""The rooms that keep their messages for a while only are found without looking at the others."""

from message_service.stores.sqlite.migrations import executing

STATEMENTS = ("CREATE INDEX rooms_with_retention ON rooms (id) WHERE retention_days IS NOT NULL",)

up = executing(STATEMENTS)
