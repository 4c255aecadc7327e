"""What an event is owed to is named one by one; so far there was one consumer, alerts.

Older programs look for `owed.since` and clear all of `owed`, which they may go on to do while alerts are the only
consumer. What they write in the meantime names nobody, and is owed to alerts.
"""

from pymongo import ASCENDING

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    store.events.create_index([("owed.to", ASCENDING), ("owed.since", ASCENDING)], sparse=True)
    store.events.update_many({"owed.since": {"$exists": True}, "owed.to": None}, {"$set": {"owed.to": ["alerts"]}})
