"""Which rooms have messages that are too old, on SQLite."""

import sqlite3
from collections.abc import Collection

from chatflow.ids import partition_of
from message_service.retention import Kept, TrimPage, find_trim

KEPT = (
    "SELECT id, retention_days, trimmed_n, n FROM rooms WHERE retention_days IS NOT NULL AND id > ? ORDER BY id LIMIT ?"
)


def trims_due(db: sqlite3.Connection, *, now: float, partitions: Collection[int], after: str, limit: int) -> TrimPage:
    wanted = frozenset(partitions)
    rooms = [
        Kept(room_id=room_id, retention_days=days, trimmed_n=trimmed_n, n=n)
        for room_id, days, trimmed_n, n in db.execute(KEPT, (after, limit))
    ]

    def look(room: Kept, n: int) -> str | None:
        row = db.execute("SELECT at FROM messages WHERE room_id = ? AND n = ?", (room.room_id, n)).fetchone()
        return None if row is None else str(row[0])

    own = [room for room in rooms if partition_of(room.room_id) in wanted]
    found = [find_trim(room, now=now, at_of=lambda n, room=room: look(room, n)) for room in own]  # type: ignore[misc]
    return TrimPage(
        trims=[trim for trim in found if trim is not None], next=rooms[-1].room_id if len(rooms) == limit else None
    )
