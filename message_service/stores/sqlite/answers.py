"""Notes on SQLite whom a message answers, so that its author finds the answers."""

import sqlite3
from collections.abc import Iterable

from message_service.log.records import MessageRecord
from message_service.stores.sqlite.lookups import messages_by_id

ANSWER = "INSERT OR IGNORE INTO answers (room_id, user_id, n) VALUES (?, ?, ?)"


def write_answers(db: sqlite3.Connection, created: Iterable[MessageRecord]) -> None:
    """Note whom these messages answer, which are written already."""
    replies = [record for record in created if record.reply_to is not None]
    answered = messages_by_id(db, [str(reply.reply_to) for reply in replies]) if replies else {}
    for reply in replies:
        target = answered.get(str(reply.reply_to))
        if target is not None and target.room_id == reply.room_id and target.sender != reply.sender:
            db.execute(ANSWER, (reply.room_id, target.sender, reply.n))
