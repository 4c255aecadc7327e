"""Which rooms have messages that are too old, and which trims are announced, on MongoDB."""

from collections.abc import Collection

from pymongo import UpdateOne

from chatflow.ids import partition_of
from message_service.retention.log_clock import RetentionTime
from message_service.retention.trims import Announced, Kept, RoomTimes, TrimPage, TrimPlan, plan_trims
from message_service.stores.mongodb.database import Document, MongoDatabase

FIELDS = {"retention_days": 1, "trimmed_n": 1, "n": 1}


def trims_due(
    db: MongoDatabase, *, time: RetentionTime, partitions: Collection[int], after: str, limit: int
) -> TrimPage:
    wanted = frozenset(partitions)
    with_retention: Document = {"retention_days": {"$gt": 0}, "_id": {"$gt": after}}
    rooms = [
        Kept(room_id=one["_id"], retention_days=one["retention_days"], trimmed_n=one["trimmed_n"], n=one["n"])
        for one in db.rooms.find(with_retention, FIELDS).sort([("_id", 1)]).limit(limit)
    ]
    following = rooms[-1].room_id if len(rooms) == limit else None
    plan = plan_trims(
        rooms,
        announced_between(db, after, following),
        own=lambda room_id: partition_of(room_id) in wanted,
        time=time,
        times=times_of(db),
    )
    announce(db, plan)
    return TrimPage(trims=plan.trims, next=following, announced=len(plan.announce))


def announced_between(db: MongoDatabase, after: str, through: str | None) -> list[Announced]:
    between: Document = {"$gt": after} if through is None else {"$gt": after, "$lte": through}
    return [
        Announced(room_id=one["_id"], retention_days=one["retention_days"], before=one["before"], since=one["since"])
        for one in db.announced_trims.find({"_id": between})
    ]


def announce(db: MongoDatabase, plan: TrimPlan) -> None:
    if plan.withdraw:
        db.announced_trims.delete_many({"_id": {"$in": plan.withdraw}})
    if plan.announce:
        writes = [
            UpdateOne(
                {"_id": one.room_id},
                {"$set": {"retention_days": one.retention_days, "before": one.before, "since": one.since}},
                upsert=True,
            )
            for one in plan.announce
        ]
        db.announced_trims.bulk_write(writes, ordered=False)


def times_of(db: MongoDatabase) -> RoomTimes:
    def at_of(room: Kept, n: int) -> str | None:
        found = db.events.find_one({"room_id": room.room_id, "message_n": n}, {"at": 1})
        return None if found is None else str(found["at"])

    def first_since(room: Kept, before: str, through: int) -> int | None:
        younger: Document = {
            "room_id": room.room_id,
            "message_n": {"$gt": room.trimmed_n, "$lte": through},
            "at": {"$gte": before},
        }
        found = db.events.find_one(younger, {"message_n": 1}, sort=[("message_n", 1)])
        return None if found is None else int(found["message_n"])

    return RoomTimes(at_of=at_of, first_since=first_since)
