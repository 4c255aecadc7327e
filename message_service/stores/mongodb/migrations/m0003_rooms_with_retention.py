"""The rooms that keep their messages for a while only are found without looking at the others."""

from pymongo import ASCENDING

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    store.rooms.create_index([("retention_days", ASCENDING), ("_id", ASCENDING)])
