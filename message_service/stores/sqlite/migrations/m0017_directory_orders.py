"""The directory by activity and by members, as by name: each order has an index of the open channels."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 11
OPEN = "WHERE kind = 'channel' AND NOT private AND NOT archived"
STATEMENTS = (
    f"CREATE INDEX open_rooms_by_activity ON rooms (active_at, id) {OPEN}",
    f"CREATE INDEX open_rooms_by_members ON rooms (member_count, id) {OPEN}",
)

up = executing(STATEMENTS)
