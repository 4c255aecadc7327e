"""Names of open channels are compared by what they look like, too; those that looked alike before keep their names."""

from collections.abc import Iterator

from pymongo import ASCENDING, IndexModel, UpdateOne

from message_service.log.names import name_of
from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import Document, MongoDatabase

OLDEST = 9
# A long log is read once for the index.
IN_BACKGROUND = True
ROOMS_PER_BATCH = 500
ROOMS = [
    IndexModel([("look_key", ASCENDING)]),
    IndexModel([("is_open", ASCENDING), ("sort_key", ASCENDING), ("member_count", ASCENDING)]),
]


def up(store: MongoDatabase) -> Iterator[Progress]:
    store.build_indexes(store.rooms, ROOMS)
    done, last = 0, ""
    while True:
        wanted = {"is_open": True, "_id": {"$gt": last}}
        rooms = list(store.rooms.find(wanted, {"name": 1, "member_count": 1}).sort([("_id", 1)]).limit(ROOMS_PER_BATCH))
        if writes := [write for room in rooms for write in writes_of(room)]:
            store.rooms.bulk_write(writes, ordered=False)
        done += len(rooms)
        # How many there are is not known.
        yield Progress(done, done + 1)
        if not rooms:
            break
        last = rooms[-1]["_id"]
    store.build_indexes(store.events, [IndexModel([("claim.look", ASCENDING)], unique=True, sparse=True)])


def writes_of(room: Document) -> Iterator[UpdateOne]:
    """Give the room its look, unless somebody writes it meanwhile."""
    name = name_of(room["name"] or "")
    if name is not None and room["member_count"]:
        unchanged = {"name": room["name"], "is_open": True, "look_key": {"$exists": False}}
        yield UpdateOne({"_id": room["_id"]} | unchanged, {"$set": {"look_key": name.look}})
