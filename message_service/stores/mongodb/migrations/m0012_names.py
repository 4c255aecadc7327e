"""Names of open channels are unique: an event claims the name that it gives, and this index lets only one do so.

Claims are made once the index is there. Channels from before make none: their names are found by the directory's index.
"""

from collections.abc import Iterator

from pymongo import ASCENDING, IndexModel

from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9
# It has few entries, but a long log is read once for it.
IN_BACKGROUND = True


def up(store: MongoDatabase) -> Iterator[Progress]:
    yield Progress(0, 1)
    store.build_indexes(store.events, [IndexModel([("claim.name", ASCENDING)], unique=True, sparse=True)])
