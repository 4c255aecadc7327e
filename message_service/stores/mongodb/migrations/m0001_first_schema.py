"""The indexes of the log, the memberships and the rooms.

An index of a sub-document that most events lack is sparse, so that a message costs no entry in it.
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from message_service.stores.mongodb.database import MongoDatabase

EVENTS = [
    # These two guard the log, so they are there before the first event.
    IndexModel([("room_id", ASCENDING), ("seq", ASCENDING)], unique=True),
    IndexModel([("room_id", ASCENDING), ("actor", ASCENDING), ("op", ASCENDING)], unique=True),
    IndexModel([("room_id", ASCENDING), ("message_n", DESCENDING)]),
    IndexModel([("message.id", ASCENDING)], sparse=True),
    IndexModel([("in_thread.id", ASCENDING), ("in_thread.n", ASCENDING)], sparse=True),
    IndexModel([("gone.room_id", ASCENDING), ("gone.n", ASCENDING)], sparse=True),
    IndexModel([("pin.room_id", ASCENDING), ("pin.seq", ASCENDING)], sparse=True),
    IndexModel([("badge.keys", ASCENDING), ("badge.n", ASCENDING)], sparse=True),
    IndexModel([("owed.since", ASCENDING)], sparse=True),
]
MEMBERSHIPS = [
    IndexModel([("user_id", ASCENDING)]),
    IndexModel([("room_id", ASCENDING), ("user_id", ASCENDING)]),
]
ROOMS = [IndexModel([("is_open", ASCENDING), ("sort_key", ASCENDING), ("_id", ASCENDING)])]


def up(store: MongoDatabase) -> None:
    store.build_indexes(store.events, EVENTS)
    store.build_indexes(store.memberships, MEMBERSHIPS)
    store.build_indexes(store.rooms, ROOMS)
