"""Who follows which threads on MongoDB, how far they have read them, and their list, newest reply first."""

from collections import Counter
from collections.abc import Sequence

from chatflow.wire.personal import ThreadMark
from message_service.log.folding import public_message
from message_service.log.records import MessageRecord, RoomRecord
from message_service.log.threads import may_read_thread
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.history import messages_by_id
from message_service.stores.mongodb.newest import Wanted, newest_above
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.mongodb.reactions import reactions_of
from message_service.stores.mongodb.thread_people import person_id
from message_service.stores.port import (
    THREADS_LOOKED_AT,
    UNREAD_REPLIES_COUNTED,
    FoundThread,
    ThreadPage,
)
from message_service.stores.threads import FollowedRow, page_of_threads

# One page's, so that most pages are found at once.
THREADS_AT_ONCE = 50


def follow(db: MongoDatabase, root: MessageRecord, *, user_id: str, read_n: int) -> None:
    last = last_reply(db, root.id) or root
    new: Document = {"user_id": user_id, "thread": root.id, "room_id": root.room_id, "since_n": read_n}
    new["read_n"] = read_n
    db.thread_people.update_one(
        {"_id": person_id(root.id, user_id)},
        {"$setOnInsert": new, "$max": {"said_n": read_n, "last_n": last.n, "last_at": last.at}},
        upsert=True,
    )


def unfollow(db: MongoDatabase, root: MessageRecord, *, user_id: str) -> None:
    db.thread_people.delete_one({"_id": person_id(root.id, user_id)})


def last_reply(db: MongoDatabase, thread: str) -> MessageRecord | None:
    found = db.events.find_one({"in_thread.id": thread}, sort=[("in_thread.n", -1)])
    return None if found is None else access_record(found)


def threads_of(
    db: MongoDatabase, user_id: str, *, unread: bool, after: tuple[str, str] | None, limit: int
) -> ThreadPage:
    wanted: Document = {"user_id": user_id}
    if after is not None:
        at, thread = after
        wanted["$or"] = [{"last_at": {"$lt": at}}, {"last_at": at, "thread": {"$lt": thread}}]
    found = db.thread_people.find(wanted).sort([("last_at", -1), ("thread", -1)]).limit(THREADS_LOOKED_AT)
    rows = [FollowedRow(one["thread"], one["room_id"], one["read_n"], one["last_n"], one["last_at"]) for one in found]

    def find(some: Sequence[FollowedRow]) -> dict[str, FoundThread]:
        return find_threads(db, some, user_id=user_id)

    return page_of_threads(rows, find, unread=unread, limit=limit, at_once=THREADS_AT_ONCE)


def find_threads(db: MongoDatabase, rows: Sequence[FollowedRow], *, user_id: str) -> dict[str, FoundThread]:
    """Return those of the threads that the person may read; how many there are makes no difference to the server."""
    rooms = catch_up(db, {row.room_id for row in rows})
    standings = standings_of(db, [(user_id, room_id) for room_id in rooms])
    joined = {room_id: standing.joined_seq for (_, room_id), standing in standings.items()}
    documents = db.events.find({"message.id": {"$in": [row.thread for row in rows]}})
    roots = {
        root.id: root
        for root in map(access_record, documents)
        if root.room_id in joined and may_read_thread(root, room=rooms[root.room_id], joined_seq=joined[root.room_id])
    }
    readable = [row for row in rows if row.thread in roots]
    if not readable:
        return {}
    lasts = find_last_replies(db, readable, roots)
    unread = count_unread(db, readable, user_id=user_id)
    records = [*roots.values(), *lasts.values()]
    reactions = reactions_of(db, records, viewer=user_id)
    shown = {
        one.id: public_message(one, trimmed_n=rooms[one.room_id].trimmed_n, reactions=reactions.get(one.id, []))
        for one in records
    }
    return {
        row.thread: FoundThread(
            room_id=row.room_id,
            root=shown[row.thread],
            last=shown[lasts[row.thread].id] if row.thread in lasts else None,
            replies=roots[row.thread].replies,
            unread=unread[row.thread],
            at=row.last_at,
        )
        for row in readable
    }


def find_last_replies(
    db: MongoDatabase, rows: Sequence[FollowedRow], roots: dict[str, MessageRecord]
) -> dict[str, MessageRecord]:
    """Return each thread's last reply; the row knows it too, where a thread from before is not counted yet."""
    wanted = [{"room_id": row.room_id, "message_n": max(row.last_n, roots[row.thread].last_reply_n)} for row in rows]
    found = map(access_record, db.events.find({"$or": wanted}))
    return {str(reply.thread): reply for reply in found if reply.thread is not None}


def count_unread(db: MongoDatabase, rows: Sequence[FollowedRow], *, user_id: str) -> Counter[str]:
    others: Document = {"actor": {"$ne": user_id}, "message.deleted": False}
    wanted = Wanted(db.events, "in_thread.id", "in_thread.n", others, {"in_thread.id": 1})
    found = newest_above(wanted, [(row.thread, row.read_n) for row in rows], each=UNREAD_REPLIES_COUNTED)
    counts = Counter(str(one["in_thread"]["id"]) for one in found)
    return Counter({thread: min(count, UNREAD_REPLIES_COUNTED) for thread, count in counts.items()})


def access_root(db: MongoDatabase, thread: str, *, room: RoomRecord, user_id: str) -> MessageRecord | None:
    standing = standings_of(db, [(user_id, room.id)]).get((user_id, room.id))
    found = messages_by_id(db, room.id, [thread])
    if standing is None or not found:
        return None
    return found[0] if may_read_thread(found[0], room=room, joined_seq=standing.joined_seq) else None


def read_threads(db: MongoDatabase, marks: Sequence[ThreadMark]) -> list[int | None]:
    rooms = catch_up(db, {mark.room_id for mark in marks})
    return [read_one(db, mark, rooms.get(mark.room_id)) for mark in marks]


def read_one(db: MongoDatabase, mark: ThreadMark, room: RoomRecord | None) -> int | None:
    if room is None or access_root(db, mark.id, room=room, user_id=mark.user_id) is None:
        return None
    n = min(mark.n, room.n)
    key = {"_id": person_id(mark.id, mark.user_id)}
    db.thread_people.update_one(key, {"$max": {"read_n": n}})
    row = db.thread_people.find_one(key, {"read_n": 1})
    return n if row is None else int(row["read_n"])
