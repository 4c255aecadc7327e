"""Writes what new events change in rooms, people and messages, in the transaction that writes the events."""

import sqlite3
from collections.abc import Iterable, Sequence

from chatflow.protocol.events import MessageDeleted, ReactionAdded, ReactionRemoved
from message_service.log.folding import AboutMessage, fold_message, message_changed
from message_service.log.projecting import Projection, people_listed
from message_service.log.records import MemberChange, MessageRecord, mentioned_keys
from message_service.stores.sqlite.answers import write_answers
from message_service.stores.sqlite.database import insert_rows
from message_service.stores.sqlite.documents import (
    INSERT_MESSAGE,
    INSERT_PLAIN_MESSAGE,
    ROOM_KEY,
    UPDATE_MESSAGE,
    changes_of_message,
    row_of_message,
)
from message_service.stores.sqlite.invites import write_invites
from message_service.stores.sqlite.lookups import messages_by_id
from message_service.stores.sqlite.reactions import erase_reactions, is_put, write_reaction
from message_service.stores.sqlite.thread_people import write_replies

MOVE_READ_POSITION = (
    "UPDATE memberships SET read_seq = max(read_seq, ?), read_n = max(read_n, ?) WHERE room_id = ? AND user_id = ?"
)
ERASE_TRIMMED = (
    "UPDATE messages SET text = '', attachments = NULL, reactions = NULL, previews = NULL, edited_at = NULL, "  # noqa: S608
    f"edited_seq = NULL WHERE room = {ROOM_KEY} AND n > ? AND n <= ?"
)
ERASE_TRIMMED_REACTIONS = "DELETE FROM reactions WHERE room_id = ? AND n > ? AND n <= ?"


def apply_projections(db: sqlite3.Connection, projections: Sequence[Projection], *, keys: dict[str, int]) -> None:
    for projection in projections:
        for change in projection.members:
            change_member(db, projection.room.id, change)
        write_invites(db, projection)
    db.executemany(
        "INSERT INTO people (user_id, rooms_version) VALUES (?, 1) "
        "ON CONFLICT (user_id) DO UPDATE SET rooms_version = rooms_version + 1",
        [(user_id,) for user_id in people_listed(projections)],
    )
    write_messages(db, projections, keys=keys)
    db.executemany(
        MOVE_READ_POSITION,
        [
            (seq, n, projection.room.id, user_id)
            for projection in projections
            for user_id, (seq, n) in projection.reads.items()
        ],
    )
    trimmed = [
        (projection.room.id, *projection.trimmed) for projection in projections if projection.trimmed is not None
    ]
    db.executemany(ERASE_TRIMMED, trimmed)
    db.executemany(ERASE_TRIMMED_REACTIONS, trimmed)


def change_member(db: sqlite3.Connection, room_id: str, change: MemberChange) -> None:
    db.execute("INSERT OR IGNORE INTO memberships (room_id, user_id) VALUES (?, ?)", (room_id, change.user_id))
    columns = ", ".join(f"{name} = ?" for name in change.fields)
    db.execute(
        f"UPDATE memberships SET {columns} WHERE room_id = ? AND user_id = ?",  # noqa: S608
        (*change.fields.values(), room_id, change.user_id),
    )
    if change.read_n is not None:
        db.execute(MOVE_READ_POSITION, (change.seq, change.read_n, room_id, change.user_id))


def write_messages(db: sqlite3.Connection, projections: Sequence[Projection], *, keys: dict[str, int]) -> None:
    """Insert new messages in their state after the whole batch, and update older ones."""
    new: dict[str, MessageRecord] = {}
    for projection in projections:
        new |= projection.created
    about = [event for projection in projections for event in projection.about]
    ids = [message_changed(event) for event in about]
    older = messages_by_id(db, [one for one in ids if one not in new]) if ids else {}
    changed = dict(older)
    for message_id, event in zip(ids, about, strict=True):
        records = new if message_id in new else changed
        if (record := records.get(message_id)) is not None and record.room_id == event.room_id:
            records[message_id] = change_message(db, record, event)
    rows = [row_of_message(record, room=keys[record.room_id]) for record in new.values()]
    insert_rows(db, rows, plain=INSERT_PLAIN_MESSAGE, whole=INSERT_MESSAGE)
    db.executemany(UPDATE_MESSAGE, [changes_of_message(record) for record in changed.values()])
    write_mentions(db, old=older.values(), new=[*new.values(), *changed.values()])
    write_replies(db, new.values())
    write_answers(db, new.values())


def change_message(db: sqlite3.Connection, record: MessageRecord, event: AboutMessage) -> MessageRecord:
    """Return the message after the event; the rows of its reactions are already changed."""
    match event:
        case ReactionAdded() | ReactionRemoved():
            changed = fold_message(record, event, is_put=is_put(db, record, event))
            write_reaction(db, record, event)
            return changed
        case MessageDeleted():
            erase_reactions(db, record)
    return fold_message(record, event)


def write_mentions(db: sqlite3.Connection, *, old: Iterable[MessageRecord], new: Iterable[MessageRecord]) -> None:
    db.executemany("DELETE FROM mentions WHERE room_id = ? AND user_id = ? AND n = ?", mention_rows(old))
    db.executemany("INSERT INTO mentions (room_id, user_id, n) VALUES (?, ?, ?)", mention_rows(new))


def mention_rows(records: Iterable[MessageRecord]) -> list[tuple[str, str, int]]:
    return [(record.room_id, key, record.n) for record in records for key in mentioned_keys(record)]
