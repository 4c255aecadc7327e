"""Who reacts gets a document; those who did before stand in the message until it is written, or step 9 comes by."""

from pymongo import ASCENDING

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    store.reactions.create_index([("message_id", ASCENDING), ("emoji", ASCENDING), ("seq", ASCENDING)])
    store.reactions.create_index([("message_id", ASCENDING), ("user_id", ASCENDING)])
    store.reactions.create_index([("room_id", ASCENDING), ("n", ASCENDING)])
