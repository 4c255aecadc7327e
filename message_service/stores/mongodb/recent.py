"""Which rooms changed lately, on MongoDB: event ids begin with the time, so their index is ordered by time."""

from collections.abc import Collection
from itertools import islice

from chatflow.ids import partition_of
from message_service.stores.mongodb.database import MongoDatabase
from message_service.stores.mongodb.projections import catch_up

# Some seconds at full speed; a gateway that is further behind learns of the rooms by their next events.
EVENTS_AT_MOST = 100_000
EVENTS_PER_READ = 5000


def recent_heads(db: MongoDatabase, *, earliest_id: str, partitions: Collection[int], limit: int) -> dict[str, int]:
    wanted = frozenset(partitions)
    events = db.events.find({"_id": {"$gte": earliest_id}}, {"_id": 0, "room_id": 1}, batch_size=EVENTS_PER_READ)
    newest_first = events.sort([("_id", -1)]).limit(EVENTS_AT_MOST)
    rooms = dict.fromkeys(str(event["room_id"]) for event in newest_first)
    found = list(islice((room_id for room_id in rooms if partition_of(room_id) in wanted), limit))
    return {room_id: room.head for room_id, room in catch_up(db, found).items()} if found else {}
