"""Who follows which thread, how far they have read it, and when somebody last replied."""

from pymongo import ASCENDING, IndexModel

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9
INDEXES = [
    IndexModel([("user_id", ASCENDING), ("last_at", ASCENDING), ("thread", ASCENDING)]),
    IndexModel([("thread", ASCENDING), ("said_n", ASCENDING), ("since_n", ASCENDING)]),
]


def up(store: MongoDatabase) -> None:
    store.build_indexes(store.thread_people, INDEXES)
