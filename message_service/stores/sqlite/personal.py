"""People's own settings in a room, on SQLite: notify levels, favourites, followed threads, hiding."""

import sqlite3
from collections.abc import Sequence

from msgspec import UNSET

from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, Outcome, PersonalWrite, ThreadWrite
from message_service.log.hiding import hidden_through
from message_service.log.records import MessageRecord
from message_service.stores.sqlite import threads
from message_service.stores.sqlite.forms import full_id, short_id
from message_service.stores.sqlite.history import n_at
from message_service.stores.sqlite.lookups import message_by_id

RAISE_VERSION = (
    "INSERT INTO people (user_id, rooms_version) VALUES (?, 1) "
    "ON CONFLICT (user_id) DO UPDATE SET rooms_version = rooms_version + 1"
)
SET_FAVOURITE = "UPDATE memberships SET favourite = ? WHERE room_id = ? AND user_id = ?"
SET_SECTION = "UPDATE memberships SET section = ? WHERE room_id = ? AND user_id = ?"
# Who wrote in the thread, or began it, with the last time; and people's own choices to follow it or not.
LAST_SAID = """SELECT sender, max(n) FROM
    (SELECT sender, n FROM messages WHERE id = ?1 UNION ALL SELECT sender, n FROM messages WHERE thread = ?1 AND n < ?2)
    GROUP BY sender"""


def write_personal(db: sqlite3.Connection, writes: Sequence[PersonalWrite]) -> list[Outcome]:
    return [write_one(db, write) for write in writes]


def write_one(db: sqlite3.Connection, write: PersonalWrite) -> Outcome:
    room = db.execute(
        "SELECT r.kind, r.n, r.history, s.joined_seq, s.hidden_n FROM memberships AS s CROSS JOIN rooms AS r "
        "ON r.id = s.room_id WHERE s.room_id = ? AND s.user_id = ? AND s.is_member",
        (write.room_id, write.user_id),
    ).fetchone()
    if room is None:
        return "not_found"
    kind, n, history, joined_seq, hidden_n = room
    match write:
        case NotifyWrite(notify=notify):
            db.execute(
                "UPDATE memberships SET notify_level = ?, notify_muted_until = ? WHERE room_id = ? AND user_id = ?",
                (notify.level, notify.muted_until, write.room_id, write.user_id),
            )
        case MineWrite(favourite=favourite, section=section):
            if favourite is not UNSET:
                db.execute(SET_FAVOURITE, (favourite, write.room_id, write.user_id))
            if section is not UNSET:
                db.execute(SET_SECTION, (section, write.room_id, write.user_id))
        case ThreadWrite():
            return follow(db, write, n=n, first_seq=joined_seq if history == "joined" else 1)
        case HideWrite():
            if kind != "direct":
                return "not_direct"
            hide(db, write, before=hidden_n)
    return "done"


def follow(db: sqlite3.Connection, write: ThreadWrite, *, n: int, first_seq: int) -> Outcome:
    root = message_by_id(db, write.id)
    if root is None or root.room_id != write.room_id or root.thread is not None or root.seq < first_seq:
        return "not_found"
    db.execute(
        "INSERT INTO thread_follows (thread, user_id, following, n) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (thread, user_id) DO UPDATE SET following = excluded.following, n = excluded.n",
        (write.id, write.user_id, write.following, n),
    )
    if write.following:
        threads.follow(db, root, user_id=write.user_id, read_n=n)
    else:
        threads.unfollow(db, root, user_id=write.user_id)
    return "done"


def hide(db: sqlite3.Connection, write: HideWrite, *, before: int | None) -> None:
    hidden_n = hidden_through(write, before=before, n_at=lambda seq: n_at(db, write.room_id, seq))
    if hidden_n != before:
        db.execute(
            "UPDATE memberships SET hidden_n = ? WHERE room_id = ? AND user_id = ?",
            (hidden_n, write.room_id, write.user_id),
        )
        db.execute(RAISE_VERSION, (write.user_id,))


def followers_of(db: sqlite3.Connection, message: MessageRecord) -> list[str]:
    """Return who took part in the message's thread, or chose to follow it; whoever is named is told of that alone."""
    if message.thread is None:
        return []
    said = db.execute(LAST_SAID, (short_id(message.thread), message.n))
    last_said = {full_id(sender): n for sender, n in said}
    wishes = db.execute("SELECT user_id, following, n FROM thread_follows WHERE thread = ?", (message.thread,))
    for user_id, following, n in wishes:
        if following:
            last_said.setdefault(user_id, n)
        elif last_said.get(user_id, 0) <= n:
            last_said.pop(user_id, None)
    return list(last_said)


def refusers_of(db: sqlite3.Connection, thread: str | None) -> frozenset[str]:
    """Return who chose not to follow the thread."""
    if thread is None:
        return frozenset()
    rows = db.execute("SELECT user_id FROM thread_follows WHERE thread = ? AND NOT following", (thread,))
    return frozenset(user_id for (user_id,) in rows)
