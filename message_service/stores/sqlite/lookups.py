"""Look-ups that several parts of the SQLite store share, each for many keys at once."""

import sqlite3
from collections.abc import Iterable, Sequence

from chatflow.wire.log import Known
from message_service.log.late_events import known_of
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.stores.sqlite.documents import (
    EVENT_COLUMNS,
    MESSAGE_COLUMNS,
    ROOM_COLUMNS,
    encode,
    event_of_row,
    message_of_row,
    room_of_row,
)

EVENT_WIDTH = len(EVENT_COLUMNS.split(", "))
# An event and the message that it is about, if any.
EVENTS_WITH_MESSAGES = (
    f"SELECT {', '.join(f'e.{name}' for name in EVENT_COLUMNS.split(', '))}, "  # noqa: S608
    f"{', '.join(f'm.{name}' for name in MESSAGE_COLUMNS.split(', '))} FROM {{source}} "
    "LEFT JOIN messages AS m ON m.room_id = e.room_id AND m.n = e.target_n"
)
KNOWN = EVENTS_WITH_MESSAGES.format(
    source="json_each(?) AS j CROSS JOIN events AS e ON e.room_id = j.value ->> 0 AND e.actor = j.value ->> 1 "
    "AND e.op = j.value ->> 2"
)
AT_PLACES = EVENTS_WITH_MESSAGES.format(
    source="json_each(?) AS j CROSS JOIN events AS e ON e.room_id = j.value ->> 0 AND e.seq = j.value ->> 1"
)
ROOMS_BY_ID = f"SELECT {ROOM_COLUMNS} FROM rooms WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
MESSAGES_BY_ID = f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608


def rooms_by_id(db: sqlite3.Connection, room_ids: Iterable[str]) -> dict[str, RoomRecord]:
    rows = db.execute(ROOMS_BY_ID, (encode(list(room_ids)).decode(),))
    return {row[0]: room_of_row(row) for row in rows}


def messages_by_id(db: sqlite3.Connection, message_ids: Iterable[str]) -> dict[str, MessageRecord]:
    rows = db.execute(MESSAGES_BY_ID, (encode(list(message_ids)).decode(),))
    return {row[2]: message_of_row(row) for row in rows}


def find_known(db: sqlite3.Connection, asked: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Known]:
    """Return the first results of those (room, actor, op) that are in the log."""
    rooms = rooms_by_id(db, {room_id for room_id, _, _ in asked})
    found = {}
    for row in db.execute(KNOWN, (encode(asked).decode(),)):
        event, message = event_with_message(row)
        found[event.room_id, event.actor, event.op] = known_of(event, message, trimmed_n=rooms[event.room_id].trimmed_n)
    return found


def event_with_message(row: tuple[object, ...]) -> tuple[StoredEvent, MessageRecord | None]:
    message = None if row[EVENT_WIDTH] is None else message_of_row(row[EVENT_WIDTH:])
    return event_of_row(row[:EVENT_WIDTH]), message
