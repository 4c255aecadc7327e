"""What people say about following a thread is found by the thread."""

from pymongo import ASCENDING

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    store.thread_follows.create_index([("thread", ASCENDING)])
