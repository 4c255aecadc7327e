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
            done += finish(store, thread)
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


def finish(store: MongoDatabase, thread: str) -> bool:
    """Do what is done once for a thread, by one of the processes that are at it: false if another has done it.

    The thread is claimed first. A process that ends right after that leaves its replies unread; the other way round,
    newer ones could count as read.
    """
    last = last_reply(store, thread)
    if last is not None:
        note_wishes(store, last)
    unclaimed = {"_id": NUMBER, "$or": [{"position": {"$exists": False}}, {"position": {"$lt": thread}}]}
    is_ours = store.migrations.update_one(unclaimed, {"$set": {"position": thread}, "$inc": {"done": 1}}).matched_count
    if is_ours and last is not None:
        mark_read(store, thread, to=last.n)
    return bool(is_ours)


def note_wishes(store: MongoDatabase, last: MessageRecord) -> None:
    """Note who chose to follow the thread of this last reply without having written in it."""
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


def mark_read(store: MongoDatabase, thread: str, *, to: int) -> None:
    """Count what people have read of the room as read of its thread, up to this reply."""
    found = list(store.thread_people.find({"thread": thread}, {"user_id": 1, "room_id": 1}))
    for first in range(0, len(found), WRITES_AT_ONCE):
        keys = {f"{one['room_id']}:{one['user_id']}": one["_id"] for one in found[first : first + WRITES_AT_ONCE]}
        read = store.memberships.find({"_id": {"$in": list(keys)}}, {"read_n": 1})
        writes = [UpdateOne({"_id": keys[one["_id"]]}, {"$max": {"read_n": min(to, one["read_n"])}}) for one in read]
        if writes:
            store.thread_people.bulk_write(writes, ordered=False)
