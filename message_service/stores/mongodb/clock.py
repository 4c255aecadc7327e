"""The stored log's time, on MongoDB."""

import msgspec

from message_service.retention.log_clock import ClockMark
from message_service.stores.mongodb.database import MongoDatabase

ONLY = {"_id": "log"}


def kept_mark(db: MongoDatabase) -> ClockMark | None:
    found = db.clock.find_one(ONLY)
    return None if found is None else msgspec.json.decode(found["mark"], type=ClockMark)


def keep_mark(db: MongoDatabase, mark: ClockMark) -> None:
    db.clock.update_one(ONLY, {"$set": {"mark": msgspec.json.encode(mark).decode()}}, upsert=True)
