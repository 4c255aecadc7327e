"""Notes on SQLite who follows a thread by what is said in it; noting it again, or late, changes nothing."""

import sqlite3
from collections.abc import Iterable

from message_service.log.records import MessageRecord
from message_service.log.threads import FOLLOWERS_MOVED, followings, last_replies
from message_service.stores.sqlite.lookups import messages_by_id

# Notes may come late, when those of newer replies are there already.
NOTE = (
    "INSERT INTO thread_people (user_id, thread, room_id, since_n, said_n, read_n, last_n, last_at) "
    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE {} ON CONFLICT (user_id, thread) DO UPDATE SET "
    "said_n = max(said_n, excluded.said_n), last_n = max(last_n, excluded.last_n), "
    "last_at = max(last_at, excluded.last_at)"
)
WROTE = NOTE.format("true") + ", read_n = max(read_n, excluded.read_n)"
# Not who chose not to follow.
FOLLOW = NOTE.format(
    "NOT EXISTS (SELECT 1 FROM thread_follows AS f WHERE f.thread = ?2 AND f.user_id = ?1 AND NOT f.following)"
)
MOVE = (
    "UPDATE thread_people SET last_n = max(last_n, ?1), last_at = max(last_at, ?2) "  # noqa: S608
    "WHERE thread = ?3 AND user_id IN (SELECT user_id FROM thread_people WHERE thread = ?3 "
    f"ORDER BY said_n DESC, since_n DESC LIMIT {FOLLOWERS_MOVED})"
)


def write_replies(db: sqlite3.Connection, created: Iterable[MessageRecord]) -> None:
    """Note who follows the threads of these messages, which are written already."""
    replies = [record for record in created if record.thread is not None]
    roots = messages_by_id(db, [reply.thread for reply in replies if reply.thread]) if replies else {}
    for reply in replies:
        root = roots.get(reply.thread or "")
        if root is None:
            continue
        for one in followings(reply, root):
            row = (one.user_id, root.id, reply.room_id, reply.n, one.said_n, one.read_n, reply.n, reply.at)
            db.execute(WROTE if one.wrote else FOLLOW, row)
    db.executemany(MOVE, [(last.n, last.at, thread) for thread, last in last_replies(replies).items()])
