"""Who put which emoji on which message, on SQLite: a row each, so that every reaction costs the same."""

import sqlite3
from collections.abc import Iterable

from chatflow.protocol.events import ReactionAdded, ReactionRemoved
from chatflow.protocol.objects import NAMED_PER_REACTION, Reaction
from message_service.log.records import MessageRecord
from message_service.stores.port import Reactor

Reacted = ReactionAdded | ReactionRemoved

PUT = "INSERT OR IGNORE INTO reactions (room_id, n, user_id, emoji, seq, at) VALUES (?, ?, ?, ?, ?, ?)"
TAKE = "DELETE FROM reactions WHERE room_id = ? AND n = ? AND user_id = ? AND emoji = ?"
TAKE_ALL = "DELETE FROM reactions WHERE room_id = ? AND n = ?"
IS_PUT = "SELECT 1 FROM reactions WHERE room_id = ? AND n = ? AND user_id = ? AND emoji = ?"
PUT_BY = "SELECT emoji FROM reactions WHERE room_id = ? AND n = ? AND user_id = ?"
FIRST = "SELECT user_id FROM reactions WHERE room_id = ? AND n = ? AND emoji = ? ORDER BY seq, user_id LIMIT ?"
PAGE = (
    "SELECT seq, user_id, at FROM reactions WHERE room_id = ? AND n = ? AND emoji = ? AND (seq, user_id) > (?, ?) "
    "ORDER BY seq, user_id LIMIT ?"
)


def is_put(db: sqlite3.Connection, record: MessageRecord, event: Reacted) -> bool:
    key = (record.room_id, record.n, event.actor, event.emoji)
    return db.execute(IS_PUT, key).fetchone() is not None


def write_reaction(db: sqlite3.Connection, record: MessageRecord, event: Reacted) -> None:
    key = (record.room_id, record.n, event.actor, event.emoji)
    if isinstance(event, ReactionRemoved):
        db.execute(TAKE, key)
    elif not record.deleted:
        db.execute(PUT, (*key, event.seq, event.at))


def erase_reactions(db: sqlite3.Connection, record: MessageRecord) -> None:
    db.execute(TAKE_ALL, (record.room_id, record.n))


def reactions_of(db: sqlite3.Connection, record: MessageRecord, *, viewer: str | None) -> list[Reaction]:
    """Return the reactions in the form in which the message shows them, to `viewer` or to nobody in particular."""
    if not record.reactions:
        return []
    mine = emoji_of(db, record, viewer) if viewer is not None else ()
    shown = []
    for emoji, count in record.reactions.items():
        reaction = Reaction(emoji, first_people(db, record, emoji), count)
        shown.append(reaction if viewer is None else Reaction(emoji, reaction.user_ids, count, mine=emoji in mine))
    return shown


def first_people(db: sqlite3.Connection, record: MessageRecord, emoji: str) -> list[str]:
    rows = db.execute(FIRST, (record.room_id, record.n, emoji, NAMED_PER_REACTION))
    return [user_id for (user_id,) in rows]


def emoji_of(db: sqlite3.Connection, record: MessageRecord, user_id: str) -> list[str]:
    """Return this person's emoji on the message."""
    return [emoji for (emoji,) in db.execute(PUT_BY, (record.room_id, record.n, user_id))]


def reactions_by(db: sqlite3.Connection, record: MessageRecord, user_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return, by emoji, which of these people put it."""
    found: dict[str, list[str]] = {}
    for user_id in user_ids:
        for emoji in emoji_of(db, record, user_id):
            found.setdefault(emoji, []).append(user_id)
    return found


def reactor_page(
    db: sqlite3.Connection, record: MessageRecord, emoji: str, *, after: tuple[int, str], limit: int
) -> list[Reactor]:
    rows = db.execute(PAGE, (record.room_id, record.n, emoji, *after, limit))
    return [Reactor(*row) for row in rows]
