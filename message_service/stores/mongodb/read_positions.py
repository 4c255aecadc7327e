"""Moves people's read positions on MongoDB, forward and back."""

from collections.abc import Sequence

from msgspec.structs import replace
from pymongo import UpdateOne

from chatflow.errors import Unavailable
from chatflow.wire.reads import ReadMark, ReadPosition
from message_service.log.positions import move, own_counted_to, position_wanted
from message_service.log.records import RoomRecord
from message_service.log.room_objects import Standing
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.history import n_at
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.projections import catch_up, membership_id

# Each failed attempt means that somebody else has moved the same position meanwhile.
ATTEMPTS = 20


def mark_read(db: MongoDatabase, marks: Sequence[ReadMark]) -> list[ReadPosition]:
    rooms = catch_up(db, {mark.room_id for mark in marks})
    forward = [mark for mark in marks if mark.room_id in rooms and not mark.sets]
    if writes := [write_forward(db, mark, rooms[mark.room_id]) for mark in forward]:
        db.memberships.bulk_write(writes, ordered=False)
    standings = standings_of(db, [(mark.user_id, mark.room_id) for mark in marks])
    positions = []
    for mark in marks:
        standing = standings.get((mark.user_id, mark.room_id))
        if standing is not None and (mark.sets or standing.back_n is not None):
            standing = set_position(db, mark, standing)
        positions.append(position_of(mark, standing))
    return positions


def write_forward(db: MongoDatabase, mark: ReadMark, room: RoomRecord) -> UpdateOne:
    """Return the move of a position that was not moved back."""
    seq = min(mark.seq, room.head)
    n = room.n if seq == room.head else n_at(db, room.id, seq)
    key = membership_id(mark.room_id, mark.user_id)
    return UpdateOne(
        {"_id": key, "is_member": True, "back_n": None},
        {"$max": {"read_seq": seq, "read_n": n}, "$inc": {"read_moves": 1}},
    )


def set_position(db: MongoDatabase, mark: ReadMark, standing: Standing) -> Standing | None:
    """Move a position that is moved back, or is to be; it may have moved since it was read."""
    for _ in range(ATTEMPTS):
        # After the standing, so that what the person says meanwhile is either counted here or moves the standing.
        room = catch_up(db, [mark.room_id])[mark.room_id]
        seq = position_wanted(mark, standing, head=room.head, history=room.history)
        n = standing.read_n if seq == standing.read_seq else n_at(db, room.id, seq)
        moved = move(standing, seq=seq, n=n, room_n=room.n)
        if moved.is_back:
            moved = replace(moved, own_unread=count_own(db, room.id, moved))
        before = {"read_seq": standing.read_seq, "read_moves": standing.read_moves or {"$in": [None, 0]}}
        key = {"_id": membership_id(room.id, mark.user_id), "is_member": True}
        if db.memberships.update_one(key | before, change_of(moved, room)).matched_count:
            return moved
        now = standings_of(db, [(mark.user_id, room.id)])
        if not now:
            return None
        standing = now[mark.user_id, room.id]
    raise Unavailable("The read position moves faster than it can be read.")


def change_of(moved: Standing, room: RoomRecord) -> Document:
    position: Document = {"read_seq": moved.read_seq, "read_n": moved.read_n, "read_moves": moved.read_moves}
    if not moved.is_back:
        return {"$set": position, "$unset": {"back_n": "", "back_seq": "", "own_unread": ""}}
    # What the log says up to here moves it no more, should it be folded once again.
    return {"$set": position | {"back_n": moved.back_n, "back_seq": room.head, "own_unread": moved.own_unread}}


def count_own(db: MongoDatabase, room_id: str, standing: Standing) -> int:
    """Count the person's messages after the position, as far as they are counted."""
    numbers = {"$gt": standing.read_n, "$lte": own_counted_to(standing)}
    return db.events.count_documents({"room_id": room_id, "message_n": numbers, "actor": standing.user_id})


def position_of(mark: ReadMark, standing: Standing | None) -> ReadPosition:
    if standing is None:
        return ReadPosition(mark.user_id, mark.room_id, None)
    return ReadPosition(mark.user_id, mark.room_id, standing.read_seq, standing.read_n, standing.read_moves)
