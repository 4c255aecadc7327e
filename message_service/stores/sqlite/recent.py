"""Which rooms changed lately, on SQLite: events are numbered as they arrive, so the last are read first."""

import sqlite3
from collections.abc import Collection

from chatflow.ids import partition_of
from message_service.stores.sqlite.forms import full_id
from message_service.stores.sqlite.lookups import ITS_MESSAGE, rooms_by_id

EVENTS_PER_LOOK = 1000
BLOCK = (
    "SELECT r.id, coalesce(e.id, m.id) FROM events AS e CROSS JOIN rooms AS r ON r.key = e.room "  # noqa: S608
    f"{ITS_MESSAGE} WHERE e.position > ? AND e.position <= ? ORDER BY e.position DESC"
)


def recent_heads(
    db: sqlite3.Connection, *, earliest_id: str, partitions: Collection[int], limit: int
) -> dict[str, int]:
    wanted = frozenset(partitions)
    found: dict[str, None] = {}
    [last] = db.execute("SELECT max(position) FROM events").fetchone()
    while last:
        block = db.execute(BLOCK, (last - EVENTS_PER_LOOK, last)).fetchall()
        # One whose message is lost tells no time; the others beside it do.
        recent = [room_id for room_id, event_id in block if event_id is not None and full_id(event_id) >= earliest_id]
        found |= dict.fromkeys(room_id for room_id in recent if partition_of(room_id) in wanted)
        # An append that took long is stored after younger events, but not by a whole block of them.
        if not recent or len(found) >= limit:
            break
        last -= EVENTS_PER_LOOK
    return {room_id: room.head for room_id, room in rooms_by_id(db, list(found)[:limit]).items()}
