"""Notes on MongoDB whom a message answers, so that its author finds the answers; again, or late, changes nothing."""

from collections.abc import Iterable

from message_service.log.records import MessageRecord
from message_service.stores.mongodb.database import Document, MongoDatabase, insert_absent


def write_answers(db: MongoDatabase, created: Iterable[MessageRecord]) -> None:
    replies = [record for record in created if record.reply_to is not None]
    if not replies:
        return
    wanted = {"message.id": {"$in": list({reply.reply_to for reply in replies})}}
    authors = {
        (one["room_id"], one["message"]["id"]): str(one["actor"])
        for one in db.events.find(wanted, {"room_id": 1, "actor": 1, "message.id": 1})
    }
    documents = [
        document_of(reply, author)
        for reply in replies
        if (author := authors.get((reply.room_id, str(reply.reply_to)))) is not None and author != reply.sender
    ]
    insert_absent(db.answers, documents)


def document_of(reply: MessageRecord, author: str) -> Document:
    return {
        "_id": f"{reply.room_id}:{reply.n}",
        "key": f"{reply.room_id}:{author}",
        "room_id": reply.room_id,
        "n": reply.n,
        "seq": reply.seq,
        "at": reply.at,
    }
