"""Who reacts gets a document; those who did before stand in the message until it is written, or step 9 comes by."""

from pymongo import ASCENDING, IndexModel

from message_service.stores.mongodb.database import MongoDatabase

REACTIONS = [
    IndexModel([("message_id", ASCENDING), ("emoji", ASCENDING), ("seq", ASCENDING)]),
    IndexModel([("message_id", ASCENDING), ("user_id", ASCENDING)]),
    IndexModel([("room_id", ASCENDING), ("n", ASCENDING)]),
]


def up(store: MongoDatabase) -> None:
    store.build_indexes(store.reactions, REACTIONS)
