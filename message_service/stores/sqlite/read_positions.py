"""Moves people's read positions on SQLite, forward and back."""

import sqlite3
from collections.abc import Sequence

from msgspec.structs import replace

from chatflow.wire.reads import ReadMark, ReadPosition
from message_service.log.positions import move, own_counted_to, position_wanted
from message_service.log.room_objects import Standing
from message_service.stores.sqlite.documents import ROOM_KEY
from message_service.stores.sqlite.forms import short_id
from message_service.stores.sqlite.history import n_at
from message_service.stores.sqlite.standings import STANDING_COLUMNS, STANDING_WIDTH, standing_of_row

OF_STANDING = ", ".join(f"s.{name}" for name in STANDING_COLUMNS.split(", "))
STANDING_IN_ROOM = f"""SELECT {OF_STANDING}, r.head, r.n, r.history
    FROM memberships AS s CROSS JOIN rooms AS r ON r.id = s.room_id
    WHERE s.room_id = ? AND s.user_id = ? AND s.is_member"""  # noqa: S608


def mark_read(db: sqlite3.Connection, marks: Sequence[ReadMark]) -> list[ReadPosition]:
    return [mark_one(db, mark) for mark in marks]


def mark_one(db: sqlite3.Connection, mark: ReadMark) -> ReadPosition:
    row = db.execute(STANDING_IN_ROOM, (mark.room_id, mark.user_id)).fetchone()
    if row is None:
        return ReadPosition(mark.user_id, mark.room_id, None)
    *_, head, room_n, history = row
    standing = standing_of_row(row[:STANDING_WIDTH])
    seq = position_wanted(mark, standing, head=head, history=history)
    n = standing.read_n if seq == standing.read_seq else n_at(db, mark.room_id, seq)
    moved = move(standing, seq=seq, n=n, room_n=room_n)
    if moved.is_back:
        is_same = (moved.read_n, moved.back_n) == (standing.read_n, standing.back_n)
        own_unread = standing.own_unread if is_same else count_own(db, mark.room_id, moved)
        moved = replace(moved, own_unread=own_unread)
    sender = short_id(mark.user_id) if moved.is_back else None
    db.execute(
        "UPDATE memberships SET read_seq = ?, read_n = ?, read_moves = ?, back_n = ?, back_sender = ?, own_unread = ? "
        "WHERE room_id = ? AND user_id = ?",
        (seq, n, moved.read_moves, moved.back_n, sender, moved.own_unread, mark.room_id, mark.user_id),
    )
    return ReadPosition(mark.user_id, mark.room_id, seq, n, moved.read_moves)


def count_own(db: sqlite3.Connection, room_id: str, standing: Standing) -> int:
    """Count the person's messages after the position, as far as they are counted."""
    [own] = db.execute(
        f"SELECT count(*) FROM messages WHERE room = {ROOM_KEY} AND n > ? AND n <= ? AND sender = ?",  # noqa: S608
        (room_id, standing.read_n, own_counted_to(standing), short_id(standing.user_id)),
    ).fetchone()
    return int(own)
