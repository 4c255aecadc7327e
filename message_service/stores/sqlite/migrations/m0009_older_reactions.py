"""Goes through the log, moves the reactions that still stand in messages into rows, and notes when each was put."""

import json
import sqlite3
from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections
from message_service.stores.sqlite.lookups import messages_by_id
from message_service.stores.sqlite.reactions import move_reactions
from message_service.stores.sqlite.documents import UPDATE_MESSAGE, changes_of_message

IN_BACKGROUND = True

NUMBER = 9
# Some milliseconds, which is what others may have to wait behind it.
EVENTS_PER_BATCH = 1000
ADDED = (
    "SELECT room_id, seq, actor, at, target_n, detail FROM events WHERE rowid > ? AND rowid <= ? "
    "AND type = 'reaction.added' ORDER BY rowid"
)
DATE = "UPDATE reactions SET seq = ?, at = ? WHERE room_id = ? AND n = ? AND user_id = ? AND emoji = ? AND seq <= ?"


def up(store: SqliteConnections) -> Iterator[Progress]:
    with store.writing() as db:
        [position] = db.execute("SELECT coalesce(position, 0) FROM migrations WHERE number = ?", (NUMBER,)).fetchone()
        [last] = db.execute("SELECT coalesce(max(rowid), 0) FROM events").fetchone()
    while position < last:
        position = min(position + EVENTS_PER_BATCH, last)
        with store.writing() as db:
            move_batch(db, after=position - EVENTS_PER_BATCH, through=position)
            db.execute("UPDATE migrations SET position = ? WHERE number = ?", (position, NUMBER))
        yield Progress(position, last)


def move_batch(db: sqlite3.Connection, *, after: int, through: int) -> None:
    added = [(*row, json.loads(detail)) for *row, detail in db.execute(ADDED, (after, through))]
    for record in messages_by_id(db, {detail["id"] for *_, detail in added}).values():
        if record.unmoved:
            move_reactions(db, record)
            db.execute(UPDATE_MESSAGE, changes_of_message(record))
    # Somebody who took it off and put it back is dated by the last time.
    db.executemany(
        DATE,
        [(seq, at, room_id, n, actor, detail["emoji"], seq) for room_id, seq, actor, at, n, detail in added],
    )
