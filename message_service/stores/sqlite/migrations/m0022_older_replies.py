"""Counts the replies of threads from before step 21, each thread anew from all that is in it."""

import sqlite3
from collections.abc import Iterator

from chatflow.protocol.objects import NAMED_PER_THREAD
from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.documents import encode
from message_service.stores.sqlite.forms import full_id

OLDEST = 11
IN_BACKGROUND = True
NUMBER = 22
# Others wait while these are counted.
THREADS_PER_BATCH = 100
PLACE = "SELECT coalesce(position, '') FROM migrations WHERE number = ?"
KEEP_PLACE = "UPDATE migrations SET position = ? WHERE number = ?"
COUNT = "SELECT count(DISTINCT thread) FROM messages WHERE thread > ?"
NEXT = "SELECT DISTINCT thread FROM messages WHERE thread > ? ORDER BY thread LIMIT ?"
TOTAL = "SELECT count(*), max(n) FROM messages WHERE thread = ?"
LAST_AT = "SELECT at FROM messages WHERE thread = ? AND n = ?"
# Who wrote first comes first.
FIRST = "SELECT sender FROM messages WHERE thread = ? GROUP BY sender ORDER BY min(n) LIMIT ?"
WRITE = "UPDATE messages SET replies = ?, last_reply_n = ?, last_reply_at = ?, repliers = ? WHERE id = ?"


def up(store: SqliteConnections) -> Iterator[Progress]:
    with store.reading() as db:
        [place] = db.execute(PLACE, (NUMBER,)).fetchone()
        [of], [left] = [db.execute(COUNT, (after,)).fetchone() for after in ("", place)]
    done = of - left
    while True:
        with store.writing() as db:
            threads = [thread for (thread,) in db.execute(NEXT, (place, THREADS_PER_BATCH))]
            for thread in threads:
                count(db, thread)
            if threads:
                place = threads[-1]
                db.execute(KEEP_PLACE, (place, NUMBER))
        done += len(threads)
        yield Progress(done, max(of, done))
        if not threads:
            return


def count(db: sqlite3.Connection, thread: bytes) -> None:
    replies, last_n = db.execute(TOTAL, (thread,)).fetchone()
    [last_at] = db.execute(LAST_AT, (thread, last_n)).fetchone()
    people = [full_id(sender) for (sender,) in db.execute(FIRST, (thread, NAMED_PER_THREAD))]
    db.execute(WRITE, (replies, last_n, last_at, encode(people).decode(), thread))
