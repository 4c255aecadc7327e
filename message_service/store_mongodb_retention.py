"""Which rooms have messages that are too old, on MongoDB."""

from collections.abc import Collection

from chatflow.ids import partition_of
from message_service.retention import Kept, TrimPage, find_trim
from message_service.store_mongodb_database import Document, MongoDatabase

FIELDS = {"retention_days": 1, "trimmed_n": 1, "n": 1}


def trims_due(db: MongoDatabase, *, now: float, partitions: Collection[int], after: str, limit: int) -> TrimPage:
    wanted = frozenset(partitions)
    with_retention: Document = {"retention_days": {"$gt": 0}, "_id": {"$gt": after}}
    rooms = [
        Kept(room_id=one["_id"], retention_days=one["retention_days"], trimmed_n=one["trimmed_n"], n=one["n"])
        for one in db.rooms.find(with_retention, FIELDS).sort([("_id", 1)]).limit(limit)
    ]

    def look(room: Kept, n: int) -> str | None:
        found = db.events.find_one({"room_id": room.room_id, "message_n": n}, {"at": 1})
        return None if found is None else str(found["at"])

    own = [room for room in rooms if partition_of(room.room_id) in wanted]
    trims = [find_trim(room, now=now, at_of=lambda n, room=room: look(room, n)) for room in own]  # type: ignore[misc]
    return TrimPage(
        trims=[trim for trim in trims if trim is not None], next=rooms[-1].room_id if len(rooms) == limit else None
    )
