"""Rooms and their members on SQLite, as the public API shows them."""

import sqlite3

from chatflow.errors import NotFound
from chatflow.protocol.objects import Member, Room
from message_service.log.room_objects import public_room
from message_service.log.sort_keys import sort_key
from message_service.stores.sqlite.documents import ROOM_COLUMNS, room_of_row
from message_service.stores.sqlite.lookups import rooms_by_id

OPEN_ROOMS = f"""SELECT {ROOM_COLUMNS}, sort_key FROM rooms
    WHERE kind = 'channel' AND NOT private AND NOT archived AND (sort_key, id) > (?, ?)
    AND (instr(sort_key, ?) OR instr(topic_key, ?)) ORDER BY sort_key, id LIMIT ?"""  # noqa: S608
# Rooms are numbered as they are made.
ROOMS_NAMED = """SELECT id FROM rooms WHERE kind = 'channel' AND NOT private AND NOT archived AND sort_key = ?
    ORDER BY key"""


def open_rooms(
    db: sqlite3.Connection, query: str, *, after: tuple[str, str] | None, limit: int
) -> list[tuple[str, Room]]:
    wanted = sort_key(query)
    rows = db.execute(OPEN_ROOMS, (*(after or ("", "")), wanted, wanted, limit))
    return [(row[-1], public_room(room_of_row(row[:-1]))) for row in rows]


def rooms_named(db: sqlite3.Connection, key: str) -> list[str]:
    """Return the open channels of a name, the oldest first: one, or more where they are older than that rule."""
    return [room_id for (room_id,) in db.execute(ROOMS_NAMED, (key,))]


def one_room(db: sqlite3.Connection, room_id: str) -> Room | None:
    record = rooms_by_id(db, [room_id]).get(room_id)
    return None if record is None else public_room(record)


def members_of(db: sqlite3.Connection, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
    record = rooms_by_id(db, [room_id]).get(room_id)
    if record is None:
        raise NotFound
    rows = db.execute(
        "SELECT user_id, role FROM memberships WHERE room_id = ? AND user_id > ? AND is_member "
        "ORDER BY user_id LIMIT ?",
        (room_id, after, limit),
    )
    return record.head, [Member(*row) for row in rows]
