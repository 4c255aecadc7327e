"""Notes who follows the threads from before step 18; what they have read of the room is read of its threads too."""

import sqlite3
from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.documents import MESSAGE_FIELDS, message_of_row
from message_service.stores.sqlite.threads import FOLLOW, write_replies

OLDEST = 11
IN_BACKGROUND = True
THREADS_PER_BATCH = 100
REPLIES = (
    f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room "  # noqa: S608
    "WHERE m.thread = ? ORDER BY m.n"
)
WISHES = "SELECT user_id, following, n FROM thread_follows WHERE thread = ?"
UNFOLLOW = "DELETE FROM thread_people WHERE user_id = ? AND thread = ?"
READ = """UPDATE thread_people AS p SET read_n = max(p.read_n, (
    SELECT s.read_n FROM memberships AS s WHERE s.room_id = p.room_id AND s.user_id = p.user_id))
    WHERE p.thread = ? AND EXISTS (
    SELECT 1 FROM memberships AS s WHERE s.room_id = p.room_id AND s.user_id = p.user_id)"""


def up(store: SqliteConnections) -> Iterator[Progress]:
    with store.writing() as db:
        threads = [row[0] for row in db.execute("SELECT DISTINCT thread FROM messages WHERE thread IS NOT NULL")]
    for first in range(0, len(threads), THREADS_PER_BATCH):
        with store.writing() as db:
            for thread in threads[first : first + THREADS_PER_BATCH]:
                note_thread(db, thread)
        yield Progress(min(first + THREADS_PER_BATCH, len(threads)), len(threads))


def note_thread(db: sqlite3.Connection, thread: bytes | str) -> None:
    replies = [message_of_row(row) for row in db.execute(REPLIES, (thread,))]
    if not replies:
        return
    write_replies(db, replies)
    root_id, last_said = replies[0].thread, {reply.sender: reply.n for reply in replies}
    for user_id, following, n in db.execute(WISHES, (root_id,)).fetchall():
        if following:
            db.execute(FOLLOW, (user_id, root_id, replies[-1].room_id, n, n, n, replies[-1].n, replies[-1].at))
        elif last_said.get(user_id, 0) <= n:
            db.execute(UNFOLLOW, (user_id, root_id))
    db.execute(READ, (root_id,))
