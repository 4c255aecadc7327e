"""Names of open channels on SQLite: who has one is looked up in the transaction that gives it."""

import sqlite3

from message_service.log.names import OpenName, open_name
from message_service.stores.sqlite.documents import ROOM_COLUMNS, room_of_row

# Rooms are numbered as they are made. Older programs write no looks, and leave those of names that they change.
ROOMS_ALIKE = f"""SELECT {ROOM_COLUMNS}, key FROM rooms WHERE look_key = ? UNION
    SELECT {ROOM_COLUMNS}, key FROM rooms
    WHERE kind = 'channel' AND NOT private AND NOT archived AND member_count > 0 AND sort_key = ?
    ORDER BY key"""  # noqa: S608


def rooms_named(db: sqlite3.Connection, name: OpenName) -> list[str]:
    """Return the open channels of a name, the oldest first: one, or more where they are older than that rule."""
    rows = db.execute(ROOMS_ALIKE, (name.look, name.key))
    return [room.id for room in map(room_of_row, rows) if name.is_like(open_name(room))]
