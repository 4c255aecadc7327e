"""Invitations get documents of their own, and those that let nobody in any more are left behind.

They stood in the room's document, which every message writes anew.
"""

import time

import msgspec
from pymongo import ASCENDING

from chatflow.instants import write_instant
from chatflow.wire.log import InviteState
from message_service.stores.mongodb.database import MongoDatabase, insert_absent
from message_service.stores.mongodb.invites import document_of


def up(store: MongoDatabase) -> None:
    store.invites.create_index([("room_id", ASCENDING), ("is_living", ASCENDING)])
    now = write_instant(time.time())
    for room in store.rooms.find({"invites": {"$exists": True}}, {"invites": 1, "applied_seq": 1}):
        invites = msgspec.convert(room["invites"], list[InviteState])
        living = [one for one in invites if one.uses_left != 0 and (one.until is None or one.until > now)]
        insert_absent(store.invites, [document_of(room["_id"], one, seq=room["applied_seq"]) for one in living])
        # Unless somebody has written the room anew meanwhile, which left them out.
        store.rooms.update_one({"_id": room["_id"], "invites": {"$exists": True}}, {"$unset": {"invites": ""}})
