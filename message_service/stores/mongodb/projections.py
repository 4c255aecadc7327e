"""Folds the log into rooms, people and messages on MongoDB, so that it can stop anywhere and go on later.

Each document says how far the log is folded into it (`applied_seq`, `as_of`), and a write only applies at that point:
one that comes twice, or late from a process thought dead, changes nothing. A room's `applied_seq` moves last; a reader
that finds it behind the head of the log folds the rest before it reads anything else.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from chatflow.errors import Unavailable
from chatflow.protocol.events import MessageDeleted, MessageEdited, ReactionAdded
from chatflow.wire.log import Entry
from message_service.log.folding import fold_message, message_changed
from message_service.log.names import open_name
from message_service.log.projecting import Projection, people_listed, project
from message_service.log.records import MessageRecord, RoomRecord
from message_service.log.sort_keys import sort_key
from message_service.stores.mongodb.answers import write_answers
from message_service.stores.mongodb.database import (
    Document,
    MongoDatabase,
    insertion,
    refuse_other_than_duplicates,
)
from message_service.stores.mongodb.documents import (
    access_record,
    changes_of_message,
    document_of_room,
    entry_of,
    room_of,
)
from message_service.stores.mongodb.invites import write_invites
from message_service.stores.mongodb.reactions import (
    NEVER,
    Put,
    Reacted,
    erase_reactions,
    move_reactions,
    puts_before,
    reaction_id,
    write_reactions,
)
from message_service.stores.mongodb.thread_people import write_replies

# Each failed attempt means that another process has folded something.
ATTEMPTS = 20
# One page of a log that was left behind; the rest is folded in the next turn.
EVENTS_PER_TURN = 1000
# An absent field is null: some servers do not insert a null.
NEW_MEMBERSHIP: Document = {
    "as_of": 0,
    "is_member": False,
    "role": "member",
    "joined_seq": 0,
    "joined_n": 0,
    "banned": False,
    "read_seq": 0,
    "read_n": 0,
    "notify_level": "all",
}


def catch_up(db: MongoDatabase, room_ids: Iterable[str]) -> dict[str, RoomRecord]:
    """Return the rooms at the heads of their logs, after folding what was left behind."""
    asked = list(dict.fromkeys(room_ids))
    rooms: dict[str, RoomRecord] = {}
    for _ in range(ATTEMPTS):
        rooms |= {document["_id"]: room_of(document) for document in db.rooms.find({"_id": {"$in": asked}})}
        left_behind = events_behind(db, {room_id: head_of(rooms.get(room_id)) for room_id in asked})
        if not left_behind:
            return rooms
        asked_again = [project(rooms.get(room_id), entries) for room_id, entries in left_behind.items()]
        apply(db, rooms, asked_again, entries=[entry for entries in left_behind.values() for entry in entries])
    raise Unavailable("Other processes write to these rooms faster than they can be read.")


def head_of(room: RoomRecord | None) -> int:
    return 0 if room is None else room.head


def events_exist_behind(db: MongoDatabase, heads: dict[str, int]) -> list[str]:
    """Return the rooms whose logs have gone on."""
    if not heads:
        return []
    # Not `distinct`: on some servers it has no time limit.
    found = db.events.aggregate([{"$match": behind(heads)}, {"$group": {"_id": "$room_id"}}])
    return [str(group["_id"]) for group in found]


def behind(heads: dict[str, int]) -> Document:
    return {"$or": [{"room_id": room_id, "seq": {"$gt": head}} for room_id, head in heads.items()]}


def events_behind(db: MongoDatabase, heads: dict[str, int]) -> dict[str, list[Entry]]:
    """Return these logs' entries that are not folded yet, by room."""
    if not heads:
        return {}
    documents = db.events.find(behind(heads)).sort([("room_id", 1), ("seq", 1)]).limit(EVENTS_PER_TURN)
    return {
        room_id: [entry_of(document) for document in of_room]
        for room_id, of_room in groupby(documents, key=lambda document: str(document["room_id"]))
    }


def apply(
    db: MongoDatabase, rooms: dict[str, RoomRecord], projections: Sequence[Projection], *, entries: Iterable[Entry]
) -> bool:
    """Write these projections, the rooms last; False if another process came in between."""
    edits = [entry.id for entry in entries if isinstance(entry.event, MessageEdited)]
    if not change_messages(db, projections):
        return False
    change_reactions(db, projections)
    if edits:
        # The message has the text now, and a deletion must find it in one place only.
        db.events.update_many({"_id": {"$in": edits}}, {"$unset": {"text": ""}})
    erase_trimmed(db, projections)
    change_memberships(db, projections)
    created = [record for projection in projections for record in projection.created.values()]
    write_replies(db, created)
    write_answers(db, created)
    for projection in projections:
        write_invites(db, projection)
    raise_versions(db, people_listed(projections))
    return move_rooms(db, rooms, projections)


def change_messages(db: MongoDatabase, projections: Sequence[Projection]) -> bool:
    about = [event for projection in projections for event in projection.about]
    if not about:
        return True
    wanted = {message_changed(event) for event in about}
    old = {record.id: record for record in map(access_record, db.events.find({"message.id": {"$in": list(wanted)}}))}
    for older in old.values():
        if older.unmoved:
            move_reactions(db, older)
    new = {message_id: replace(record, unmoved={}) for message_id, record in old.items()}
    puts = puts_before(db, [event for event in about if isinstance(event, Reacted)])
    for event in about:
        record = new.get(message_changed(event))
        if record is None or record.room_id != event.room_id:
            continue
        if isinstance(event, Reacted):
            put = puts.get(reaction_id(event), NEVER)
            new[event.id] = fold_message(record, event, is_put=put.is_put)
            if event.seq > put.seq:
                puts[reaction_id(event)] = Put(isinstance(event, ReactionAdded), event.seq)
        else:
            new[record.id] = fold_message(record, event)
    writes = [change_of(old[message_id], record) for message_id, record in new.items() if record != old[message_id]]
    return not writes or db.events.bulk_write(writes, ordered=False).matched_count == len(writes)


def change_reactions(db: MongoDatabase, projections: Sequence[Projection]) -> None:
    """Write reactions after the messages that count them: until then, the rows show what was before the event."""
    for projection in projections:
        deleted = [event.id for event in projection.about if isinstance(event, MessageDeleted)]
        reacted = [event for event in projection.about if isinstance(event, Reacted) and event.id not in deleted]
        write_reactions(db, projection.room.id, reacted)
        erase_reactions(db, deleted)


def change_of(old: MessageRecord, new: MessageRecord) -> UpdateOne:
    return UpdateOne({"message.id": new.id, "message.as_of": old.as_of}, changes_of_message(old, new))


def erase_trimmed(db: MongoDatabase, projections: Sequence[Projection]) -> None:
    nothing: Document = {
        "text": "",
        "attachments": [],
        "reactions": [],
        "previews": [],
        "edited_at": None,
        "edited_seq": None,
    }
    for projection in projections:
        if projection.trimmed is not None:
            above, through = projection.trimmed
            db.reactions.delete_many({"room_id": projection.room.id, "n": {"$gt": above, "$lte": through}})
            db.events.update_many(
                {"room_id": projection.room.id, "message_n": {"$gt": above, "$lte": through}},
                {"$set": {f"message.{name}": value for name, value in nothing.items()}},
            )


def change_memberships(db: MongoDatabase, projections: Sequence[Projection]) -> None:
    if writes := [write for projection in projections for write in membership_writes(projection)]:
        # In order, because a membership has to be there before it is changed.
        db.memberships.bulk_write(writes, ordered=True)


def membership_writes(projection: Projection) -> Iterator[UpdateOne]:
    room_id = projection.room.id
    for user_id, standing in new_standings(projection).items():
        key = {"_id": membership_id(room_id, user_id), "room_id": room_id, "user_id": user_id}
        yield insertion(NEW_MEMBERSHIP | key)
        # Only if the document is not that far yet.
        guarded = {"_id": key["_id"], "as_of": {"$lt": standing.as_of}}
        yield UpdateOne(guarded, {"$set": standing.fields | {"as_of": standing.as_of}})
    for user_id, position in positions_of(projection).items():
        # Not if it was moved back since: a fold that comes again, or late, must not undo that.
        guarded = {"_id": membership_id(room_id, user_id), "back_seq": {"$not": {"$gte": position["read_seq"]}}}
        yield UpdateOne(guarded, {"$max": position})


class NewStanding(NamedTuple):
    """A person's standing in a room at the end of a run, as of the last event that changed it."""

    fields: Document
    as_of: int


def new_standings(projection: Projection) -> dict[str, NewStanding]:
    standings: dict[str, NewStanding] = {}
    for change in projection.members:
        before = standings.get(change.user_id)
        fields = change.fields if before is None else before.fields | change.fields
        standings[change.user_id] = NewStanding(fields, change.seq)
    return standings


def positions_of(projection: Projection) -> dict[str, Document]:
    """Return people's positions, which are only raised, so that repeating that, or doing it late, changes nothing."""
    reads = dict(projection.reads)
    for change in projection.members:
        if change.read_n is not None:
            seq, n = reads.get(change.user_id, (0, 0))
            reads[change.user_id] = (max(seq, change.seq), max(n, change.read_n))
    return {user_id: {"read_seq": seq, "read_n": n} for user_id, (seq, n) in reads.items()}


def membership_id(room_id: str, user_id: str) -> str:
    return f"{room_id}:{user_id}"


def raise_versions(db: MongoDatabase, user_ids: Sequence[str]) -> None:
    """Raise versions after the memberships are written, so that with the new version everyone reads the new list."""
    if user_ids:
        raises = [UpdateOne({"_id": user_id}, {"$inc": {"rooms_version": 1}}, upsert=True) for user_id in user_ids]
        db.people.bulk_write(raises, ordered=False)


def move_rooms(db: MongoDatabase, rooms: dict[str, RoomRecord], projections: Sequence[Projection]) -> bool:
    new = [document_of(projection.room) for projection in projections if projection.room.id not in rooms]
    moved = [projection.room for projection in projections if projection.room.id in rooms]
    is_first = True
    if new:
        try:
            db.rooms.insert_many(new, ordered=False)
        except BulkWriteError as error:
            refuse_other_than_duplicates(error)
            is_first = False
    if not moved:
        return is_first
    # Not replaced: that would take away the fields of a newer version.
    writes = [
        UpdateOne({"_id": room.id, "applied_seq": rooms[room.id].head}, {"$set": document_of(room)}) for room in moved
    ]
    return db.rooms.bulk_write(writes, ordered=False).matched_count == len(writes) and is_first


def document_of(room: RoomRecord) -> Document:
    name = open_name(room)
    return document_of_room(
        room,
        sort_key=sort_key(room.name or ""),
        topic_key=sort_key(room.topic),
        # Empty for a room that keeps its name from nobody.
        look_key="" if name is None else name.look,
    )
