"""Who follows which threads on MongoDB, how far they have read them, and their list, newest reply first."""

from collections.abc import Sequence

from chatflow.wire.personal import ThreadMark
from message_service.log.records import MessageRecord, RoomRecord
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.history import messages_by_id, show
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.mongodb.thread_people import person_id
from message_service.stores.port import (
    REPLIES_COUNTED,
    THREADS_LOOKED_AT,
    UNREAD_REPLIES_COUNTED,
    FoundThread,
    ThreadPage,
)


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
    rows = list(db.thread_people.find(wanted).sort([("last_at", -1), ("thread", -1)]).limit(THREADS_LOOKED_AT))
    items: list[FoundThread] = []
    place, looked_at = after, 0
    for row in rows:
        looked_at += 1
        place = (row["last_at"], row["thread"])
        if not unread or row["last_n"] > row["read_n"]:
            found = find_thread(db, row, user_id=user_id)
            items += [found] if found is not None and (found.unread or not unread) else []
        if len(items) == limit:
            break
    is_more = looked_at < len(rows) or len(rows) == THREADS_LOOKED_AT
    return ThreadPage(items, place if is_more else None)


def find_thread(db: MongoDatabase, row: Document, *, user_id: str) -> FoundThread | None:
    """Return the thread, unless the person may not read it."""
    thread, room_id = row["thread"], row["room_id"]
    room = catch_up(db, [room_id]).get(room_id)
    root = None if room is None else access_root(db, thread, room=room, user_id=user_id)
    if room is None or root is None:
        return None
    replies = {"in_thread.id": thread}
    others = {"in_thread.id": thread, "in_thread.n": {"$gt": row["read_n"]}, "actor": {"$ne": user_id}}
    found = [db.events.find_one({"message.id": root.id}), newest(db, thread)]
    shown = list(show(db, room, [one for one in found if one is not None], viewer=user_id))
    return FoundThread(
        room_id=room_id,
        root=shown[0],
        last=shown[1] if len(shown) > 1 else None,
        replies=db.events.count_documents(replies, limit=REPLIES_COUNTED),
        unread=db.events.count_documents(others | {"message.deleted": False}, limit=UNREAD_REPLIES_COUNTED),
        at=row["last_at"],
    )


def newest(db: MongoDatabase, thread: str) -> Document | None:
    return db.events.find_one({"in_thread.id": thread}, sort=[("in_thread.n", -1)])


def access_root(db: MongoDatabase, thread: str, *, room: RoomRecord, user_id: str) -> MessageRecord | None:
    standing = standings_of(db, [(user_id, room.id)]).get((user_id, room.id))
    found = messages_by_id(db, room.id, [thread])
    if standing is None or not found or found[0].thread is not None:
        return None
    return None if room.history == "joined" and found[0].seq < standing.joined_seq else found[0]


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
