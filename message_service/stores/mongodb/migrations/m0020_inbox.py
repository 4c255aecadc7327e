"""Replies by whom they answer, and what people say is done in their inbox."""

from pymongo import ASCENDING, IndexModel

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9
ANSWERS = IndexModel([("key", ASCENDING), ("n", ASCENDING)])
DONE = IndexModel([("user_id", ASCENDING), ("at", ASCENDING)])


def up(store: MongoDatabase) -> None:
    store.build_indexes(store.answers, [ANSWERS])
    store.build_indexes(store.inbox_done, [DONE])
