"""Rooms and their members on MongoDB, as the public API shows them."""

import re

from chatflow.errors import NotFound
from chatflow.protocol.objects import Member, Room
from chatflow.wire.log import InviteState
from message_service.log.room_objects import public_room
from message_service.log.sort_keys import sort_key
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import room_of
from message_service.stores.mongodb.invites import living_invites
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.port import DirectoryOrder, OpenRoom

# The characters that a regular expression does not take literally; re.escape escapes more than some servers allow.
SPECIAL = re.compile(r"([\\.^$|?*+()\[\]{}])")


# The field that each order goes by, and which way; each has an index.
ORDERS: dict[DirectoryOrder, tuple[str, int]] = {
    "name": ("sort_key", 1),
    "activity": ("active_at", -1),
    "members": ("member_count", -1),
}


def open_rooms(
    db: MongoDatabase, query: str, *, after: tuple[str, str] | None, limit: int, order: DirectoryOrder
) -> list[OpenRoom]:
    field, way = ORDERS[order]
    contains = {"$regex": SPECIAL.sub(r"\\\1", sort_key(query))}
    conditions: list[Document] = [
        {"is_open": True, "member_count": {"$gt": 0}},
        {"$or": [{"sort_key": contains}, {"topic_key": contains}]},
    ]
    if after is not None:
        key, room_id = int(after[0]) if order == "members" else after[0], after[1]
        behind = "$gt" if way == 1 else "$lt"
        # The first says where in the index to begin.
        conditions.append({field: {f"{behind}e": key}})
        conditions.append({"$or": [{field: {behind: key}}, {field: key, "_id": {behind: room_id}}]})
    found = db.rooms.find({"$and": conditions}).sort([(field, way), ("_id", way)]).limit(limit)
    return [OpenRoom(str(one[field]), public_room(room_of(one)), one["active_at"]) for one in found]


def one_room(db: MongoDatabase, room_id: str) -> Room | None:
    record = catch_up(db, [room_id]).get(room_id)
    return None if record is None else public_room(record)


def invites_to(db: MongoDatabase, room_id: str) -> list[InviteState]:
    catch_up(db, [room_id])
    return living_invites(db, room_id)


def members_of(db: MongoDatabase, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
    record = catch_up(db, [room_id]).get(room_id)
    if record is None:
        raise NotFound
    wanted = {"room_id": room_id, "user_id": {"$gt": after}, "is_member": True}
    found = db.memberships.find(wanted).sort([("user_id", 1)]).limit(limit)
    return record.head, [Member(document["user_id"], document["role"]) for document in found]
