"""People's standings in rooms, read from MongoDB documents."""

from collections.abc import Iterable

from chatflow.protocol.objects import Notify
from message_service.log.room_objects import Standing
from message_service.stores.mongodb.database import Document, MongoDatabase


def standing_of(document: Document) -> Standing:
    return Standing(
        document["user_id"],
        document["is_member"],
        document["role"],
        joined_seq=document["joined_seq"],
        banned=document["banned"],
        muted_until=document.get("muted_until"),
        read_seq=document["read_seq"],
        read_n=document["read_n"],
        read_moves=document.get("read_moves", 0),
        back_n=document.get("back_n"),
        own_unread=document.get("own_unread", 0),
        hidden_n=document.get("hidden_n"),
        # Older documents do not have these fields.
        declined=document.get("declined", False),
        favourite=document.get("favourite", False),
        section=document.get("section"),
        notify=Notify(document["notify_level"], document.get("notify_muted_until")),
    )


def standings_in(db: MongoDatabase, room_id: str, *, user_ids: Iterable[str] | None = None) -> list[Standing]:
    """Return all people whom the room remembers, or those of the given ones."""
    wanted: Document = {"room_id": room_id}
    if user_ids is not None:
        wanted["user_id"] = {"$in": list(user_ids)}
    return [standing_of(document) for document in db.memberships.find(wanted).sort([("user_id", 1)])]
