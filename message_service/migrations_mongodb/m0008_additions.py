"""Into which rooms others brought a person lately is found by the person and the time."""

from pymongo import ASCENDING

from message_service.store_mongodb_database import MongoDatabase


def up(store: MongoDatabase) -> None:
    store.memberships.create_index([("user_id", ASCENDING), ("added_at", ASCENDING)])
