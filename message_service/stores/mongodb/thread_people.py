"""Notes on MongoDB who follows a thread by what is said in it; noting it again, or late, changes nothing."""

from collections.abc import Iterable, Iterator

from pymongo import UpdateMany, UpdateOne

from message_service.log.records import MessageRecord
from message_service.log.threads import FOLLOWERS_MOVED, followings, last_replies
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record

# What a server does well within the time that it has for one command.
WRITES_AT_ONCE = 1000


def write_replies(db: MongoDatabase, created: Iterable[MessageRecord]) -> None:
    replies = [record for record in created if record.thread is not None]
    if not replies:
        return
    threads = list({reply.thread for reply in replies})
    roots = {root.id: root for root in map(access_record, db.events.find({"message.id": {"$in": threads}}))}
    # Who chose not to follow, up to which message.
    refusals = {
        (wish["thread"], wish["user_id"]): int(wish["n"])
        for wish in db.thread_follows.find({"thread": {"$in": threads}, "following": False})
    }
    lasts = last_replies(replies)
    writes: list[UpdateOne | UpdateMany] = [
        write
        for reply in replies
        if (root := roots.get(reply.thread or "")) is not None
        for write in writes_of(reply, root, refusals, last=lasts[root.id])
    ]
    writes += [move_of(db, thread, last) for thread, last in lasts.items() if thread in roots]
    for first in range(0, len(writes), WRITES_AT_ONCE):
        db.thread_people.bulk_write(writes[first : first + WRITES_AT_ONCE], ordered=True)


def writes_of(
    reply: MessageRecord, root: MessageRecord, refusals: dict[tuple[str, str], int], *, last: MessageRecord
) -> Iterator[UpdateOne]:
    """Note who follows by this reply; the thread stands for them at once where its last reply of these puts it."""
    place: Document = {"last_n": last.n, "last_at": last.at}
    for one in followings(reply, root):
        refused_at = refusals.get((root.id, one.user_id))
        if refused_at is not None and not (one.wrote and reply.n > refused_at):
            continue
        new: Document = {"user_id": one.user_id, "thread": root.id, "room_id": reply.room_id, "since_n": reply.n}
        raised: Document = place | {"said_n": one.said_n}
        if one.wrote:
            raised["read_n"] = one.read_n
        else:
            new["read_n"] = one.read_n
        change: Document = {"$setOnInsert": new, "$max": raised}
        yield UpdateOne({"_id": person_id(root.id, one.user_id)}, change, upsert=True)


def move_of(db: MongoDatabase, thread: str, last: MessageRecord) -> UpdateMany:
    """Move the thread for those who follow it already; the others are moved as they are noted."""
    newest_first = [("said_n", -1), ("since_n", -1)]
    moved = db.thread_people.find({"thread": thread}, {"_id": 1}).sort(newest_first).limit(FOLLOWERS_MOVED)
    return UpdateMany({"_id": {"$in": [one["_id"] for one in moved]}}, {"$max": {"last_n": last.n, "last_at": last.at}})


def person_id(thread: str, user_id: str) -> str:
    return f"{thread}:{user_id}"
