"""Who follows which threads on SQLite, how far they have read them, and their list, newest reply first."""

import sqlite3
from collections.abc import Sequence

from chatflow.protocol.objects import DeletedMessage, Message
from chatflow.wire.personal import ThreadMark
from message_service.log.folding import public_message
from message_service.log.records import MessageRecord, RoomRecord
from message_service.log.threads import may_read_thread
from message_service.stores.port import (
    THREADS_LOOKED_AT,
    UNREAD_REPLIES_COUNTED,
    FoundThread,
    ThreadPage,
)
from message_service.stores.sqlite.documents import MESSAGE_FIELDS, message_of_row
from message_service.stores.sqlite.forms import short_id
from message_service.stores.sqlite.lookups import message_by_id, room_by_id
from message_service.stores.sqlite.reactions import reactions_of
from message_service.stores.sqlite.thread_people import FOLLOW
from message_service.stores.threads import FollowedRow, page_of_threads

LAST_REPLY = (
    f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room "  # noqa: S608
    "WHERE m.thread = ? ORDER BY m.n DESC LIMIT 1"
)
PAGE = (
    "SELECT thread, room_id, read_n, last_n, last_at FROM thread_people "
    "WHERE user_id = ? AND (last_at, thread) < (?, ?) ORDER BY last_at DESC, thread DESC LIMIT ?"
)
COUNT_UNREAD = (
    "SELECT count(*) FROM (SELECT 1 FROM messages WHERE thread = ? AND n > ? AND sender <> ? AND NOT deleted "  # noqa: S608
    f"LIMIT {UNREAD_REPLIES_COUNTED})"
)
STANDING = (
    "SELECT s.joined_seq, r.history, r.n FROM memberships AS s CROSS JOIN rooms AS r ON r.id = s.room_id "
    "WHERE s.room_id = ? AND s.user_id = ? AND s.is_member"
)
READ = "UPDATE thread_people SET read_n = max(read_n, ?) WHERE user_id = ? AND thread = ? RETURNING read_n"
LATEST = ("~", "~")


def follow(db: sqlite3.Connection, root: MessageRecord, *, user_id: str, read_n: int) -> None:
    last = last_reply(db, root.id) or root
    db.execute(FOLLOW, (user_id, root.id, root.room_id, read_n, read_n, read_n, last.n, last.at))


def unfollow(db: sqlite3.Connection, root: MessageRecord, *, user_id: str) -> None:
    db.execute("DELETE FROM thread_people WHERE user_id = ? AND thread = ?", (user_id, root.id))


def last_reply(db: sqlite3.Connection, thread: str) -> MessageRecord | None:
    row = db.execute(LAST_REPLY, (short_id(thread),)).fetchone()
    return None if row is None else message_of_row(row)


def threads_of(
    db: sqlite3.Connection, user_id: str, *, unread: bool, after: tuple[str, str] | None, limit: int
) -> ThreadPage:
    found = db.execute(PAGE, (user_id, *(after or LATEST), THREADS_LOOKED_AT)).fetchall()

    def find(rows: Sequence[FollowedRow]) -> dict[str, FoundThread]:
        return {row.thread: one for row in rows if (one := find_thread(db, row, user_id=user_id)) is not None}

    return page_of_threads([FollowedRow(*row) for row in found], find, unread=unread, limit=limit, at_once=1)


def find_thread(db: sqlite3.Connection, row: FollowedRow, *, user_id: str) -> FoundThread | None:
    """Return the thread, unless the person may not read it."""
    room = room_by_id(db, row.room_id)
    root = None if room is None else access_root(db, row.thread, room=room, user_id=user_id)
    if room is None or root is None:
        return None
    last = last_reply(db, row.thread)
    [unread] = db.execute(COUNT_UNREAD, (short_id(row.thread), row.read_n, short_id(user_id))).fetchone()
    return FoundThread(
        room_id=room.id,
        root=shown(db, room, root, viewer=user_id),
        last=None if last is None else shown(db, room, last, viewer=user_id),
        replies=root.replies,
        unread=unread,
        at=row.last_at,
    )


def access_root(db: sqlite3.Connection, thread: str, *, room: RoomRecord, user_id: str) -> MessageRecord | None:
    standing = db.execute(STANDING, (room.id, user_id)).fetchone()
    root = message_by_id(db, thread)
    if standing is None or root is None:
        return None
    return root if may_read_thread(root, room=room, joined_seq=standing[0]) else None


def read_threads(db: sqlite3.Connection, marks: Sequence[ThreadMark]) -> list[int | None]:
    return [read_one(db, mark) for mark in marks]


def read_one(db: sqlite3.Connection, mark: ThreadMark) -> int | None:
    room = room_by_id(db, mark.room_id)
    if room is None or access_root(db, mark.id, room=room, user_id=mark.user_id) is None:
        return None
    n = min(mark.n, room.n)
    row = db.execute(READ, (n, mark.user_id, mark.id)).fetchone()
    return n if row is None else int(row[0])


def shown(db: sqlite3.Connection, room: RoomRecord, record: MessageRecord, *, viewer: str) -> Message | DeletedMessage:
    reactions = reactions_of(db, record, viewer=viewer)
    return public_message(record, trimmed_n=room.trimmed_n, reactions=reactions)
