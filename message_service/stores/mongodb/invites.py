"""Invitations on MongoDB, a document each; one that is over keeps its document, which says so, without the secret.

If the document were gone, a late write could create it again.
"""

from pymongo import UpdateMany, UpdateOne

from chatflow.wire.log import InviteState
from message_service.log.projecting import Projection
from message_service.log.records import InviteChange
from message_service.stores.mongodb.database import Document, MongoDatabase, insertion

ENDED: Document = {"$set": {"is_living": False}, "$unset": {"secret_hash": ""}}


def write_invites(db: MongoDatabase, projection: Projection) -> None:
    room_id = projection.room.id
    writes: list[UpdateOne | UpdateMany] = [
        write for change in projection.invites for write in writes_of(room_id, change)
    ]
    if projection.invites_over_at is not None:
        over = {"room_id": room_id, "is_living": True, "until": {"$lte": projection.invites_over_at}}
        writes.append(UpdateMany(over, ENDED))
    if writes:
        # In order, because an invitation may be made, used and revoked in one run.
        db.invites.bulk_write(writes, ordered=True)


def document_of(room_id: str, invite: InviteState, *, seq: int) -> Document:
    fields: Document = {
        "_id": invite.invite_id,
        "room_id": room_id,
        "is_living": True,
        "as_of": seq,
        "secret_hash": invite.secret_hash,
        "role": invite.role,
        "created_by": invite.created_by,
        "uses_left": invite.uses_left,
        "until": invite.until,
    }
    # An absent field is null: some servers do not insert a null.
    return {name: value for name, value in fields.items() if value is not None}


def writes_of(room_id: str, change: InviteChange) -> list[UpdateOne]:
    """Return writes that only apply if the document does not contain the event yet."""
    if change.made is not None:
        return [insertion(document_of(room_id, change.made, seq=change.seq))]
    key = {"_id": change.invite_id, "as_of": {"$lt": change.seq}}
    noted = {"as_of": change.seq}
    ended = {"$set": {"is_living": False} | noted, "$unset": {"secret_hash": ""}}
    if change.is_revoked:
        return [UpdateOne(key, ended)]
    return [
        UpdateOne(key | {"uses_left": {"$gt": 1}}, {"$inc": {"uses_left": -1, "used": 1}, "$set": noted}),
        UpdateOne(key | {"uses_left": {"$lte": 1}}, ended),
        UpdateOne(key | {"uses_left": None}, {"$inc": {"used": 1}, "$set": noted}),
    ]


def living_invites(db: MongoDatabase, room_id: str) -> list[InviteState]:
    """Return those that still work in the order in which they were made: their ids begin with the time."""
    # No index has this order, and they are few.
    found = sorted(db.invites.find({"room_id": room_id, "is_living": True}), key=lambda one: str(one["_id"]))
    return [
        InviteState(
            invite_id=one["_id"],
            secret_hash=one["secret_hash"],
            role=one["role"],
            created_by=one["created_by"],
            uses_left=one.get("uses_left"),
            until=one.get("until"),
            # Documents from before this field do not have it.
            used=one.get("used", 0),
        )
        for one in found
    ]
