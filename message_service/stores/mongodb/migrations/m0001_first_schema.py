"""The indexes of the log, the memberships and the rooms.

An index of a sub-document that most events lack is sparse, so that a message costs no entry in it.
"""

from pymongo import ASCENDING, DESCENDING

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    events = store.events
    events.create_index([("room_id", ASCENDING), ("seq", ASCENDING)], unique=True)
    events.create_index([("room_id", ASCENDING), ("actor", ASCENDING), ("op", ASCENDING)], unique=True)
    events.create_index([("room_id", ASCENDING), ("message_n", DESCENDING)])
    events.create_index([("message.id", ASCENDING)], sparse=True)
    events.create_index([("in_thread.id", ASCENDING), ("in_thread.n", ASCENDING)], sparse=True)
    events.create_index([("gone.room_id", ASCENDING), ("gone.n", ASCENDING)], sparse=True)
    events.create_index([("pin.room_id", ASCENDING), ("pin.seq", ASCENDING)], sparse=True)
    events.create_index([("badge.keys", ASCENDING), ("badge.n", ASCENDING)], sparse=True)
    events.create_index([("owed.since", ASCENDING)], sparse=True)
    store.memberships.create_index([("user_id", ASCENDING)])
    store.memberships.create_index([("room_id", ASCENDING), ("user_id", ASCENDING)])
    store.rooms.create_index([("is_open", ASCENDING), ("sort_key", ASCENDING), ("_id", ASCENDING)])
