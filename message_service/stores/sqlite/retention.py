"""Which rooms have messages that are too old, and which trims are announced, on SQLite."""

import sqlite3
from collections.abc import Collection

from chatflow.ids import partition_of
from message_service.retention.log_clock import RetentionTime
from message_service.retention.trims import Announced, Kept, RoomTimes, TrimPage, TrimPlan, plan_trims
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.documents import ROOM_KEY
from message_service.stores.sqlite.forms import full_time, short_time

KEPT = (
    "SELECT id, retention_days, trimmed_n, n FROM rooms WHERE retention_days IS NOT NULL AND id > ? ORDER BY id LIMIT ?"
)
# Greater than every id: the end of the last page.
BEHIND_EVERY_ID = "\U0010ffff"
ANNOUNCED = "SELECT room_id, retention_days, before, since FROM announced_trims WHERE room_id > ? AND room_id <= ?"
ANNOUNCE = (
    "INSERT INTO announced_trims (room_id, retention_days, before, since) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (room_id) DO UPDATE SET retention_days = excluded.retention_days, before = excluded.before,"
    " since = excluded.since"
)
AT = f"SELECT at FROM messages WHERE room = {ROOM_KEY} AND n = ?"  # noqa: S608
FIRST_SINCE = f"SELECT n FROM messages WHERE room = {ROOM_KEY} AND n > ? AND n <= ? AND at >= ? ORDER BY n LIMIT 1"  # noqa: S608


def trims_due(
    connections: SqliteConnections, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int
) -> TrimPage:
    wanted = frozenset(partitions)
    with connections.reading() as db:
        rooms = [
            Kept(room_id=room_id, retention_days=days, trimmed_n=trimmed_n, n=n)
            for room_id, days, trimmed_n, n in db.execute(KEPT, (after, limit))
        ]
        following = rooms[-1].room_id if len(rooms) == limit else None
        plan = plan_trims(
            rooms,
            announced_between(db, after, following or BEHIND_EVERY_ID),
            own=lambda room_id: partition_of(room_id) in wanted,
            time=time,
            times=times_of(db),
        )
    if plan.announce or plan.withdraw:
        with connections.writing() as db:
            announce(db, plan)
    return TrimPage(trims=plan.trims, next=following, announced=len(plan.announce))


def announced_between(db: sqlite3.Connection, after: str, through: str) -> list[Announced]:
    return [
        Announced(room_id=room_id, retention_days=days, before=before, since=since)
        for room_id, days, before, since in db.execute(ANNOUNCED, (after, through))
    ]


def announce(db: sqlite3.Connection, plan: TrimPlan) -> None:
    db.executemany("DELETE FROM announced_trims WHERE room_id = ?", [(room_id,) for room_id in plan.withdraw])
    db.executemany(ANNOUNCE, [(one.room_id, one.retention_days, one.before, one.since) for one in plan.announce])


def times_of(db: sqlite3.Connection) -> RoomTimes:
    def at_of(room: Kept, n: int) -> str | None:
        row = db.execute(AT, (room.room_id, n)).fetchone()
        return None if row is None else full_time(row[0])

    def first_since(room: Kept, before: str, through: int) -> int | None:
        row = db.execute(FIRST_SINCE, (room.room_id, room.trimmed_n, through, short_time(before))).fetchone()
        return None if row is None else int(row[0])

    return RoomTimes(at_of=at_of, first_since=first_since)
