"""Look-ups that several parts of the SQLite store share, each for many keys at once."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import TypeVar

from chatflow.errors import NotFound
from chatflow.wire.log import Known
from message_service.log.late_events import known_of
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.stores.sqlite.documents import (
    EVENT_FIELDS,
    MESSAGE_FIELDS,
    ROOM_COLUMNS,
    Row,
    encode,
    event_of_row,
    message_of_row,
    room_of_row,
)
from message_service.stores.sqlite.forms import CREATED, short_id, short_op

Key = TypeVar("Key")

EVENT_WIDTH = len(EVENT_FIELDS.split(", "))
# The message that an event is about, if any: an event that creates one need not say so.
ITS_MESSAGE = (
    "LEFT JOIN messages AS m ON m.room = e.room "
    f"AND m.n = coalesce(e.target_n, CASE e.type WHEN {CREATED} THEN e.n END)"
)
# To be followed by WHERE r.id = ?
EVENTS_OF_ROOM = (
    f"SELECT {EVENT_FIELDS}, {MESSAGE_FIELDS} FROM rooms AS r CROSS JOIN events AS e ON e.room = r.key "  # noqa: S608
    f"{ITS_MESSAGE} "
)
MESSAGES_OF_ROOM = f"SELECT {MESSAGE_FIELDS} FROM rooms AS r CROSS JOIN messages AS m ON m.room = r.key "  # noqa: S608
AT_PLACE = EVENTS_OF_ROOM + "WHERE r.id = ? AND e.seq = ?"
KNOWN = (
    f"SELECT {EVENT_FIELDS}, {MESSAGE_FIELDS} FROM rooms AS r "  # noqa: S608
    f"CROSS JOIN ops AS o ON o.room = r.key AND o.op = ? CROSS JOIN events AS e ON e.room = o.room AND e.seq = o.seq "
    f"{ITS_MESSAGE} WHERE r.id = ?"
)
KEYS_AT_ONCE = 64
KNOWN_OPS = (
    "SELECT o.room, o.op FROM (VALUES {}) AS asked CROSS JOIN ops AS o ON o.room = asked.column1 "
    "AND o.op = asked.column2"
)
# Fills up a list of ops: no room has the number 0.
NO_OP: tuple[int, bytearray] = (0, bytearray())
KEYS = "SELECT id, key FROM rooms WHERE id IN (SELECT value FROM json_each(?))"
ROOMS_BY_ID = f"SELECT {ROOM_COLUMNS} FROM rooms WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
ROOM_BY_ID = f"SELECT {ROOM_COLUMNS} FROM rooms WHERE id = ?"  # noqa: S608
MESSAGES_BY_ID = (
    f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room WHERE m.id IN ({{}})"  # noqa: S608
)
MESSAGE_BY_ID = f"SELECT {MESSAGE_FIELDS} FROM messages AS m CROSS JOIN rooms AS r ON r.key = m.room WHERE m.id = ?"  # noqa: S608


def rooms_by_id(db: sqlite3.Connection, room_ids: Iterable[str]) -> dict[str, RoomRecord]:
    rows = db.execute(ROOMS_BY_ID, (encode(list(room_ids)).decode(),))
    return {row[0]: room_of_row(row) for row in rows}


def room_by_id(db: sqlite3.Connection, room_id: str) -> RoomRecord | None:
    row = db.execute(ROOM_BY_ID, (room_id,)).fetchone()
    return None if row is None else room_of_row(row)


def access_room(db: sqlite3.Connection, room_id: str) -> RoomRecord:
    room = room_by_id(db, room_id)
    if room is None:
        raise NotFound
    return room


def keys_of(db: sqlite3.Connection, room_ids: Iterable[str]) -> dict[str, int]:
    """Return the rooms' numbers; one that does not exist is given the next, which it has once it is written."""
    asked = list(dict.fromkeys(room_ids))
    keys: dict[str, int] = dict(db.execute(KEYS, (encode(asked).decode(),)).fetchall())
    if new := [room_id for room_id in asked if room_id not in keys]:
        [last] = db.execute("SELECT coalesce(max(key), 0) FROM rooms").fetchone()
        keys |= {room_id: key for key, room_id in enumerate(new, start=last + 1)}
    return keys


def known_ops(db: sqlite3.Connection, asked: Sequence[tuple[int, bytearray]]) -> set[tuple[int, bytes]]:
    """Return those of the (room, short op) that are in the log."""
    found: set[tuple[int, bytes]] = set()
    for some in batches(asked, filler=NO_OP):
        places = ", ".join(repeat("(?, ?)", len(some)))
        found.update(db.execute(KNOWN_OPS.format(places), tuple(chain(*some))))
    return found


def batches(keys: Sequence[Key], *, filler: Key) -> Iterator[list[Key]]:
    """Yield the keys some at a time. Lengths are powers of two, so that SQLite has few statements to prepare."""
    for begin in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[begin : begin + KEYS_AT_ONCE]
        yield [*some, *repeat(filler, (1 << (len(some) - 1).bit_length()) - len(some))]


def messages_by_id(db: sqlite3.Connection, message_ids: Iterable[str]) -> dict[str, MessageRecord]:
    asked = [short_id(message_id) for message_id in dict.fromkeys(message_ids)]
    found = {}
    for some in batches(asked, filler=None):
        places = ", ".join(repeat("?", len(some)))
        for message in map(message_of_row, db.execute(MESSAGES_BY_ID.format(places), some)):
            found[message.id] = message
    return found


def message_by_id(db: sqlite3.Connection, message_id: str) -> MessageRecord | None:
    row = db.execute(MESSAGE_BY_ID, (short_id(message_id),)).fetchone()
    return None if row is None else message_of_row(row)


def find_known(db: sqlite3.Connection, asked: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Known]:
    """Return the first results of those (room, actor, op) that are in the log."""
    rooms = rooms_by_id(db, {room_id for room_id, _, _ in asked})
    found = {}
    for room_id, actor, op in asked:
        row = db.execute(KNOWN, (short_op(actor, op), room_id)).fetchone()
        if row is not None:
            event, message = event_with_message(row, op=op)
            found[room_id, actor, op] = known_of(event, message, trimmed_n=rooms[room_id].trimmed_n)
    return found


def event_with_message(row: Row, *, op: str = "") -> tuple[StoredEvent, MessageRecord | None]:
    message = None if row[EVENT_WIDTH + 1] is None else message_of_row(row[EVENT_WIDTH:])
    return event_of_row(row[:EVENT_WIDTH], message, op=op), message
