"""Counts the replies of threads from before step 21, each thread anew from all that is in it."""

from collections.abc import Iterator

from chatflow.errors import Unavailable
from message_service.log.folding import first_people
from message_service.log.records import MessageRecord
from message_service.stores.migrating import Progress
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record
from message_service.stores.mongodb.projections import catch_up

OLDEST = 9
IN_BACKGROUND = True
NUMBER = 22
# Each failed attempt means that somebody wrote in the thread, or changed the message above it.
ATTEMPTS = 20
THREADS_PER_BATCH = 100


def up(store: MongoDatabase) -> Iterator[Progress]:
    record = store.migrations.find_one({"_id": NUMBER}) or {}
    position, done = str(record.get("position", "")), int(record.get("done", 0))
    while True:
        thread = thread_after(store, position)
        if thread is None:
            yield Progress(done, done)
            return
        count(store, thread)
        position, done = thread, done + 1
        if done % THREADS_PER_BATCH == 0:
            store.migrations.update_one({"_id": NUMBER}, {"$set": {"position": position, "done": done}})
            # How many threads there are is not known.
            yield Progress(done, done + 1)


def thread_after(store: MongoDatabase, position: str) -> str | None:
    found = store.events.find_one({"in_thread.id": {"$gt": position}}, {"in_thread": 1}, sort=[("in_thread.id", 1)])
    return None if found is None else str(found["in_thread"]["id"])


def count(store: MongoDatabase, thread: str) -> None:
    for _ in range(ATTEMPTS):
        found = store.events.find_one({"message.id": thread})
        if found is None:
            return
        # All replies up to `n` are folded into the message, and those behind it change its `as_of`.
        n = catch_up(store, [found["room_id"]])[found["room_id"]].n
        root = access_record(store.events.find_one({"message.id": thread}) or found)
        if root.last_reply_n > n:
            continue
        changes = {f"message.{name}": value for name, value in counted(store, root, n).items()}
        guarded = {"message.id": thread, "message.as_of": root.as_of}
        if not changes or store.events.update_one(guarded, {"$set": changes}).matched_count:
            return
    raise Unavailable("A thread changes faster than its replies are counted.")


def counted(store: MongoDatabase, root: MessageRecord, n: int) -> Document:
    """Return what the message has to say of the replies up to a number."""
    replies, last, people = 0, Document(), list[str]()
    wanted = {"in_thread.id": root.id, "in_thread.n": {"$lte": n}}
    for reply in store.events.find(wanted, {"n": 1, "at": 1, "actor": 1}).sort([("in_thread.n", 1)]):
        replies, last, people = replies + 1, reply, first_people([*people, reply["actor"]])
    if not replies:
        return {}
    return {"replies": replies, "last_reply_n": last["n"], "last_reply_at": last["at"], "repliers": people}
