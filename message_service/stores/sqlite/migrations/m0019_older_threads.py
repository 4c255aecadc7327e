"""Notes who follows the threads from before step 18; what they have read of the room is read of its threads too."""

import sqlite3
from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.documents import MESSAGE_FIELDS, message_of_row
from message_service.stores.sqlite.forms import short_id
from message_service.stores.sqlite.thread_people import FOLLOW, write_replies
from message_service.stores.sqlite.threads import last_reply

OLDEST = 11
IN_BACKGROUND = True
NUMBER = 19
# Each may name 50 people, and others wait while it is written.
REPLIES_PER_BATCH = 500
# After every reply of a thread.
LAST_N = 2**62
PLACE = "SELECT coalesce(position, '') FROM migrations WHERE number = ?"
KEEP_PLACE = "UPDATE migrations SET position = ?1 WHERE number = ?2 AND coalesce(position, '') < ?1"
COUNT = "SELECT count(DISTINCT thread) FROM messages WHERE thread > ?"
REPLIES = (
    f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room "  # noqa: S608
    "WHERE m.thread IS NOT NULL AND (m.thread, m.n) > (?, ?) ORDER BY m.thread, m.n LIMIT ?"
)
WISHES = "SELECT user_id, n FROM thread_follows WHERE thread = ? AND following"
# Whoever chose not to follow and has said nothing since.
UNFOLLOW = """DELETE FROM thread_people AS p WHERE p.thread = ? AND EXISTS (
    SELECT 1 FROM thread_follows AS f
    WHERE f.thread = p.thread AND f.user_id = p.user_id AND NOT f.following AND f.n >= p.said_n)"""
READ = """UPDATE thread_people AS p SET read_n = max(p.read_n, (
    SELECT s.read_n FROM memberships AS s WHERE s.room_id = p.room_id AND s.user_id = p.user_id))
    WHERE p.thread = ? AND EXISTS (
    SELECT 1 FROM memberships AS s WHERE s.room_id = p.room_id AND s.user_id = p.user_id)"""


def up(store: SqliteConnections) -> Iterator[Progress]:
    with store.reading() as db:
        [place] = db.execute(PLACE, (NUMBER,)).fetchone()
        [of], [left] = [db.execute(COUNT, (after,)).fetchone() for after in ("", place)]
    if not of:
        # In a new store later steps have yet to make what messages are read with.
        return
    done, n, unfinished = of - left, LAST_N, list[str]()
    while True:
        with store.reading() as db:
            replies = [message_of_row(row) for row in db.execute(REPLIES, (place, n, REPLIES_PER_BATCH))]
        threads = list(dict.fromkeys([*unfinished, *(str(reply.thread) for reply in replies)]))
        # The last one may go on in the next batch.
        over, unfinished = (threads[:-1], threads[-1:]) if replies else (threads, [])
        if threads:
            with store.writing() as db:
                write_replies(db, replies)
                for thread in over:
                    finish(db, thread)
        done += len(over)
        yield Progress(done, max(of, done))
        if not replies:
            return
        place, n = short_id(str(replies[-1].thread)), replies[-1].n


def finish(db: sqlite3.Connection, thread: str) -> None:
    """Do what is done once for a thread, and keep its place: a second time would count newer replies as read."""
    if not db.execute(KEEP_PLACE, (short_id(thread), NUMBER)).rowcount:
        return
    last = last_reply(db, thread)
    if last is not None:
        for user_id, n in db.execute(WISHES, (thread,)).fetchall():
            db.execute(FOLLOW, (user_id, thread, last.room_id, n, n, n, last.n, last.at))
    db.execute(UNFOLLOW, (thread,))
    db.execute(READ, (thread,))
