"""Notes who follows the threads from before step 18; what they have read of the room is read of its threads too."""

from collections.abc import Iterator

from pymongo import UpdateOne

from message_service.log.records import MessageRecord
from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.thread_people import person_id, write_replies

OLDEST = 9
IN_BACKGROUND = True
NUMBER = 19


def up(store: MongoDatabase) -> Iterator[Progress]:
    record = store.migrations.find_one({"_id": NUMBER}) or {}
    position, done = str(record.get("position", "")), int(record.get("done", 0))
    in_order = [("in_thread.id", 1), ("in_thread.n", 1)]
    while found := store.events.find_one({"in_thread.id": {"$gt": position}}, {"in_thread": 1}, sort=in_order):
        position, done = found["in_thread"]["id"], done + 1
        replies = store.events.find({"in_thread.id": position}).sort([("in_thread.n", 1)])
        records = [access_record(document) for document in replies]
        write_replies(store, records)
        note_wishes(store, records[-1])
        mark_read(store, position)
        store.migrations.update_one({"_id": NUMBER}, {"$set": {"position": position, "done": done}})
        # How many threads there are is not known.
        yield Progress(done, done + 1)


def note_wishes(store: MongoDatabase, last: MessageRecord) -> None:
    """Note who chose to follow the thread without having written in it."""
    for wish in store.thread_follows.find({"thread": last.thread, "following": True}):
        new: Document = {"user_id": wish["user_id"], "thread": last.thread, "room_id": last.room_id}
        store.thread_people.update_one(
            {"_id": person_id(str(last.thread), wish["user_id"])},
            {
                "$setOnInsert": new | {"since_n": wish["n"], "read_n": wish["n"]},
                "$max": {"said_n": wish["n"], "last_n": last.n, "last_at": last.at},
            },
            upsert=True,
        )


def mark_read(store: MongoDatabase, thread: str) -> None:
    people: list[Document] = list(store.thread_people.find({"thread": thread}, {"user_id": 1, "room_id": 1}))
    keys = {f"{one['room_id']}:{one['user_id']}": one["_id"] for one in people}
    read = store.memberships.find({"_id": {"$in": list(keys)}}, {"read_n": 1})
    writes = [UpdateOne({"_id": keys[one["_id"]]}, {"$max": {"read_n": one["read_n"]}}) for one in read]
    if writes:
        store.thread_people.bulk_write(writes, ordered=False)
