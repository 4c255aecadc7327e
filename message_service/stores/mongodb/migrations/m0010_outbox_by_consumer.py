"""What an event is owed to is named one by one; so far there was one consumer, alerts.

Older programs look for `owed.since` and clear all of `owed`, which they may go on to do while alerts are the only
consumer. What they write in the meantime names nobody, and is owed to alerts.
"""

from collections.abc import Iterator

from pymongo import ASCENDING, IndexModel

from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9
# The index of a long log takes minutes, and until then `owed.since` has one that serves as well.
IN_BACKGROUND = True


def up(store: MongoDatabase) -> Iterator[Progress]:
    yield Progress(0, 2)
    owed = IndexModel([("owed.to", ASCENDING), ("owed.since", ASCENDING)], sparse=True)
    store.build_indexes(store.events, [owed])
    yield Progress(1, 2)
    store.events.update_many({"owed.since": {"$exists": True}, "owed.to": None}, {"$set": {"owed.to": ["alerts"]}})
