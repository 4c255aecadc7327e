"""Rooms and their members on SQLite, as the public API shows them."""

import sqlite3

from chatflow.protocol.objects import Member, Room
from message_service.log.room_objects import public_room
from message_service.log.sort_keys import sort_key
from message_service.stores.port import DirectoryOrder, OpenRoom
from message_service.stores.sqlite.documents import ROOM_COLUMNS, room_of_row
from message_service.stores.sqlite.lookups import access_room, room_by_id

# Each order has an index of open channels.
ORDERS: dict[DirectoryOrder, str] = {
    "name": "(sort_key, id) > (?, ?) AND {contains} ORDER BY sort_key, id",
    "activity": "(active_at, id) < (?, ?) AND {contains} ORDER BY active_at DESC, id DESC",
    "members": "(member_count, id) < (CAST(? AS INTEGER), ?) AND {contains} ORDER BY member_count DESC, id DESC",
}
KEYS: dict[DirectoryOrder, str] = {"name": "sort_key", "activity": "active_at", "members": "member_count"}
# Before every channel that there can be.
BEGINNINGS: dict[DirectoryOrder, tuple[str, str]] = {
    "name": ("", ""),
    "activity": ("~", "~"),
    "members": (str(2**53), "~"),
}
OPEN_ROOMS = {
    order: f"SELECT {ROOM_COLUMNS}, {KEYS[order]} FROM rooms "  # noqa: S608
    "WHERE kind = 'channel' AND NOT private AND NOT archived AND member_count > 0 AND "
    f"{place.format(contains='(instr(sort_key, ?) OR instr(topic_key, ?))')} LIMIT ?"
    for order, place in ORDERS.items()
}


def open_rooms(
    db: sqlite3.Connection, query: str, *, after: tuple[str, str] | None, limit: int, order: DirectoryOrder
) -> list[OpenRoom]:
    wanted = sort_key(query)
    rows = db.execute(OPEN_ROOMS[order], (*(after or BEGINNINGS[order]), wanted, wanted, limit))
    found = [(str(row[-1]), room_of_row(row[:-1])) for row in rows]
    return [OpenRoom(key, public_room(record), record.active_at) for key, record in found]


def one_room(db: sqlite3.Connection, room_id: str) -> Room | None:
    record = room_by_id(db, room_id)
    return None if record is None else public_room(record)


def members_of(db: sqlite3.Connection, room_id: str, *, after: str, limit: int) -> tuple[int, list[Member]]:
    head = access_room(db, room_id).head
    rows = db.execute(
        "SELECT user_id, role FROM memberships WHERE room_id = ? AND user_id > ? AND is_member "
        "ORDER BY user_id LIMIT ?",
        (room_id, after, limit),
    )
    return head, [Member(*row) for row in rows]
