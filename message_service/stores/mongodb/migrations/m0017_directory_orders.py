"""The directory by activity and by members, as by name: each order has an index."""

from collections.abc import Iterator

from pymongo import DESCENDING, IndexModel

from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9
IN_BACKGROUND = True


def up(store: MongoDatabase) -> Iterator[Progress]:
    yield Progress(0, 1)
    orders = [
        IndexModel([("is_open", DESCENDING), (field, DESCENDING), ("_id", DESCENDING)])
        for field in ("active_at", "member_count")
    ]
    store.build_indexes(store.rooms, orders)
