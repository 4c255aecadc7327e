"""Notes who follows the threads from before step 18; what they have read of the room is read of its threads too."""

from collections.abc import Iterator

from pymongo import UpdateOne

from message_service.log.records import MessageRecord
from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.thread_people import WRITES_AT_ONCE, person_id, write_replies
from message_service.stores.mongodb.threads import last_reply

OLDEST = 9
IN_BACKGROUND = True
NUMBER = 19
# Each may name 50 people.
REPLIES_PER_BATCH = 500
# After every reply of a thread.
LAST_N = 2**62


def up(store: MongoDatabase) -> Iterator[Progress]:
    record = store.migrations.find_one({"_id": NUMBER}) or {}
    position, done = str(record.get("position", "")), int(record.get("done", 0))
    n, unfinished = LAST_N, list[str]()
    while True:
        replies = replies_after(store, position, n)
        threads = list(dict.fromkeys([*unfinished, *(str(reply.thread) for reply in replies)]))
        # The last one may go on in the next batch.
        over, unfinished = (threads[:-1], threads[-1:]) if replies else (threads, [])
        write_replies(store, replies)
        for thread in over:
            note_wishes(store, thread)
            mark_read(store, thread)
            done += 1
            store.migrations.update_one({"_id": NUMBER}, {"$set": {"position": thread, "done": done}})
        # How many threads there are is not known.
        yield Progress(done, done + len(unfinished))
        if not replies:
            return
        position, n = str(replies[-1].thread), replies[-1].n


def replies_after(store: MongoDatabase, thread: str, n: int) -> list[MessageRecord]:
    """Return a batch of replies by thread and number: the rest of a thread, and those that come after it."""
    in_order = [("in_thread.id", 1), ("in_thread.n", 1)]
    found: list[Document] = []
    for wanted in ({"in_thread.id": thread, "in_thread.n": {"$gt": n}}, {"in_thread.id": {"$gt": thread}}):
        if left := REPLIES_PER_BATCH - len(found):
            found += store.events.find(wanted).sort(in_order).limit(left)
    return [access_record(document) for document in found]


def note_wishes(store: MongoDatabase, thread: str) -> None:
    """Note who chose to follow the thread without having written in it."""
    last = last_reply(store, thread)
    if last is None:
        return
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
    found = list(store.thread_people.find({"thread": thread}, {"user_id": 1, "room_id": 1}))
    for first in range(0, len(found), WRITES_AT_ONCE):
        keys = {f"{one['room_id']}:{one['user_id']}": one["_id"] for one in found[first : first + WRITES_AT_ONCE]}
        read = store.memberships.find({"_id": {"$in": list(keys)}}, {"read_n": 1})
        writes = [UpdateOne({"_id": keys[one["_id"]]}, {"$max": {"read_n": one["read_n"]}}) for one in read]
        if writes:
            store.thread_people.bulk_write(writes, ordered=False)
