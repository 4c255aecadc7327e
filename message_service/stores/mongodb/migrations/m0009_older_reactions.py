"""Goes through the log, moves the reactions that still stand in messages, and notes when each was put."""

from collections.abc import Iterator, Sequence

from pymongo import UpdateOne

from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record, changes_of_message
from message_service.stores.mongodb.reactions import document_id, move_reactions

IN_BACKGROUND = True

NUMBER = 9
EVENTS_PER_BATCH = 500


def up(store: MongoDatabase) -> Iterator[Progress]:
    record = store.migrations.find_one({"_id": NUMBER}) or {}
    position, done = str(record.get("position", "")), int(record.get("done", 0))
    of = store.events.estimated_document_count()
    wanted = {"type": 1, "room_id": 1, "seq": 1, "actor": 1, "at": 1, "detail": 1}
    while batch := list(
        store.events.find({"_id": {"$gt": position}}, wanted).sort([("_id", 1)]).limit(EVENTS_PER_BATCH)
    ):
        move_batch(store, [event for event in batch if event["type"] == "reaction.added"])
        position, done = batch[-1]["_id"], done + len(batch)
        store.migrations.update_one({"_id": NUMBER}, {"$set": {"position": position, "done": done}})
        yield Progress(done, max(of, done))


def move_batch(store: MongoDatabase, added: Sequence[Document]) -> None:
    if not added:
        return
    ids = list({event["detail"]["id"] for event in added})
    for record in map(access_record, store.events.find({"message.id": {"$in": ids}})):
        if record.unmoved:
            move_reactions(store, record)
            # Whoever has written the message meanwhile has moved them too.
            store.events.update_one(
                {"message.id": record.id, "message.as_of": record.as_of}, changes_of_message(record, record)
            )
    # Somebody who took it off and put it back is dated by the last time.
    store.reactions.bulk_write(
        [
            UpdateOne(
                {
                    "_id": document_id(event["detail"]["id"], event["actor"], event["detail"]["emoji"]),
                    "is_put": True,
                    "seq": {"$lte": event["seq"]},
                },
                {"$set": {"seq": event["seq"], "at": event["at"]}},
            )
            for event in added
        ],
        ordered=True,
    )
