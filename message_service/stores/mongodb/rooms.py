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

# The characters that a regular expression does not take literally; re.escape escapes more than some servers allow.
SPECIAL = re.compile(r"([\\.^$|?*+()\[\]{}])")


def open_rooms(db: MongoDatabase, query: str, *, after: tuple[str, str] | None, limit: int) -> list[tuple[str, Room]]:
    contains = {"$regex": SPECIAL.sub(r"\\\1", sort_key(query))}
    conditions: list[Document] = [{"is_open": True}, {"$or": [{"sort_key": contains}, {"topic_key": contains}]}]
    if after is not None:
        key, room_id = after
        # The first says where in the index to begin.
        conditions.append({"sort_key": {"$gte": key}})
        conditions.append({"$or": [{"sort_key": {"$gt": key}}, {"sort_key": key, "_id": {"$gt": room_id}}]})
    found = db.rooms.find({"$and": conditions}).sort([("sort_key", 1), ("_id", 1)]).limit(limit)
    return [(document["sort_key"], public_room(room_of(document))) for document in found]


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
