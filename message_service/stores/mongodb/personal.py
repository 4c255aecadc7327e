"""People's own settings in a room, on MongoDB: notify levels, favourites, followed threads, hiding."""

from collections.abc import Sequence

from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, Outcome, PersonalWrite, ThreadWrite
from message_service.log.hiding import hidden_through
from message_service.log.records import MessageRecord, RoomRecord
from message_service.log.room_objects import Standing
from message_service.stores.mongodb import threads
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.history import messages_by_id, n_at
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.projections import catch_up, membership_id, raise_versions


def write_personal(db: MongoDatabase, writes: Sequence[PersonalWrite]) -> list[Outcome]:
    rooms = catch_up(db, {write.room_id for write in writes})
    standings = standings_of(db, [(write.user_id, write.room_id) for write in writes])
    outcomes: list[Outcome] = []
    for write in writes:
        standing = standings.get((write.user_id, write.room_id))
        outcomes.append("not_found" if standing is None else write_one(db, write, rooms[write.room_id], standing))
    return outcomes


def write_one(db: MongoDatabase, write: PersonalWrite, room: RoomRecord, standing: Standing) -> Outcome:
    match write:
        case NotifyWrite(notify=notify):
            set_fields(db, write, {"notify_level": notify.level, "notify_muted_until": notify.muted_until})
        case MineWrite():
            set_fields(db, write, write.given)
        case ThreadWrite():
            return follow(db, write, room=room, standing=standing)
        case HideWrite():
            if room.kind != "direct":
                return "not_direct"
            hidden_n = hidden_through(write, before=standing.hidden_n, n_at=lambda seq: n_at(db, room.id, seq))
            if hidden_n != standing.hidden_n:
                set_fields(db, write, {"hidden_n": hidden_n})
                raise_versions(db, [write.user_id])
    return "done"


def set_fields(db: MongoDatabase, write: PersonalWrite, fields: Document) -> None:
    """Set the fields that have a value and remove the others."""
    present = {name: value for name, value in fields.items() if value is not None}
    absent = {name: "" for name in fields if name not in present}
    update = ({"$set": present} if present else {}) | ({"$unset": absent} if absent else {})
    db.memberships.update_one({"_id": membership_id(write.room_id, write.user_id)}, update)


def follow(db: MongoDatabase, write: ThreadWrite, *, room: RoomRecord, standing: Standing) -> Outcome:
    first_seq = standing.joined_seq if room.history == "joined" else 1
    found = messages_by_id(db, room.id, [write.id])
    if not found or found[0].thread is not None or found[0].seq < first_seq:
        return "not_found"
    key = f"{write.id}:{write.user_id}"
    wish: Document = {"following": write.following, "n": room.n}
    whose: Document = {"thread": write.id, "user_id": write.user_id}
    db.thread_follows.update_one({"_id": key}, {"$set": wish, "$setOnInsert": whose}, upsert=True)
    if write.following:
        threads.follow(db, found[0], user_id=write.user_id, read_n=room.n)
    else:
        threads.unfollow(db, found[0], user_id=write.user_id)
    return "done"


def followers_of(db: MongoDatabase, message: MessageRecord) -> list[str]:
    """Return who took part in the message's thread, or chose to follow it; whoever is named is told of that alone."""
    if message.thread is None:
        return []
    said: Document = {
        "in_thread.id": message.thread,
        "in_thread.n": {"$lt": message.n},
        "room_id": message.room_id,
    }
    roots = messages_by_id(db, message.room_id, [message.thread])
    # Not `distinct`: on some servers it has no time limit.
    writers = db.events.aggregate([{"$match": said}, {"$group": {"_id": "$actor"}}])
    followers = dict.fromkeys([*(root.sender for root in roots), *(str(group["_id"]) for group in writers)])
    for wish in db.thread_follows.find({"thread": message.thread}):
        if wish["following"]:
            followers[wish["user_id"]] = None
        elif wish["user_id"] in followers:
            since = said | {"in_thread.n": {"$gt": wish["n"], "$lt": message.n}, "actor": wish["user_id"]}
            if db.events.find_one(since, {"_id": 1}) is None:
                del followers[wish["user_id"]]
    return list(followers)


def refusers_of(db: MongoDatabase, thread: str | None) -> frozenset[str]:
    """Return who chose not to follow the thread."""
    if thread is None:
        return frozenset()
    return frozenset(wish["user_id"] for wish in db.thread_follows.find({"thread": thread, "following": False}))
