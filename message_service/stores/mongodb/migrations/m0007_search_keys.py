"""Names and topics are searched without case, width or the way in which a letter is composed."""

from pymongo import UpdateOne

from message_service.stores.mongodb.database import MongoDatabase
from message_service.log.sort_keys import sort_key

ROOMS_PER_WRITE = 500


def up(store: MongoDatabase) -> None:
    last = ""
    while rooms := list(
        store.rooms.find({"_id": {"$gt": last}}, {"name": 1, "topic": 1}).sort([("_id", 1)]).limit(ROOMS_PER_WRITE)
    ):
        store.rooms.bulk_write(
            [
                UpdateOne(
                    {"_id": room["_id"]},
                    {"$set": {"sort_key": sort_key(room["name"] or ""), "topic_key": sort_key(room["topic"])}},
                )
                for room in rooms
            ],
            ordered=False,
        )
        last = rooms[-1]["_id"]
