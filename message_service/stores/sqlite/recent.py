"""Which rooms changed lately, on SQLite: the log is stored in order of arrival, so its end is read backwards."""

import sqlite3
from collections.abc import Collection

from chatflow.ids import partition_of
from message_service.stores.sqlite.lookups import rooms_by_id

EVENTS_PER_LOOK = 1000
BLOCK = "SELECT room_id, id FROM events WHERE rowid > ? AND rowid <= ? ORDER BY rowid DESC"


def recent_heads(
    db: sqlite3.Connection, *, earliest_id: str, partitions: Collection[int], limit: int
) -> dict[str, int]:
    wanted = frozenset(partitions)
    found: dict[str, None] = {}
    [last] = db.execute("SELECT max(rowid) FROM events").fetchone()
    while last:
        block = db.execute(BLOCK, (last - EVENTS_PER_LOOK, last)).fetchall()
        recent = [room_id for room_id, event_id in block if event_id >= earliest_id]
        found |= dict.fromkeys(room_id for room_id in recent if partition_of(room_id) in wanted)
        # An append that took long is stored after younger events, but not by a whole block of them.
        if not recent or len(found) >= limit:
            break
        last -= EVENTS_PER_LOOK
    return {room_id: room.head for room_id, room in rooms_by_id(db, list(found)[:limit]).items()}
