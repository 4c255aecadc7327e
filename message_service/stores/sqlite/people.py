"""People's data on SQLite: their rooms with counts, and the versions of their lists."""

import sqlite3
from collections.abc import Iterable, Sequence

from chatflow.protocol.objects import HistoryRule
from chatflow.wire.reads import PersonRooms, RoomRow, Unshown
from message_service.log.room_objects import room_row
from message_service.stores.sizes import Answer
from message_service.stores.sqlite.documents import ROOM_COLUMNS, Row, encode, room_of_row
from message_service.stores.sqlite.standings import STANDING_COLUMNS, STANDING_WIDTH, standing_of_row

ROOM_WIDTH = len(ROOM_COLUMNS.split(", "))
ACTIVE_AT = ROOM_COLUMNS.split(", ").index("active_at")
# `s` is a membership, `r` its room; for a person who has read everything, nothing is counted. One's own messages lie
# after the position only if it was moved back. SQLite would rather go through all that is unread than look up a sender.
DELETED = """SELECT count(*) FROM messages AS d INDEXED BY deleted_messages
    WHERE d.room = r.key AND d.n > s.read_n AND d.deleted AND d.sender IS NOT s.back_sender"""
MENTIONS = """SELECT count(DISTINCT c.n) FROM mentions AS c WHERE c.room_id = r.id
    AND c.user_id IN (s.user_id, '*') AND c.n > s.read_n AND (s.back_sender IS NULL OR NOT EXISTS (
        SELECT 1 FROM messages AS o WHERE o.room = r.key AND o.n = c.n AND o.sender = s.back_sender))"""
ROW = ", ".join(
    [
        *(f"r.{name}" for name in ROOM_COLUMNS.split(", ")),
        *(f"s.{name}" for name in STANDING_COLUMNS.split(", ")),
        f"CASE WHEN r.n > s.read_n THEN ({DELETED}) ELSE 0 END",
        f"CASE WHEN r.n > s.read_n THEN ({MENTIONS}) ELSE 0 END",
    ]
)
ROWS_OF_PERSON = f"""SELECT {ROW} FROM
    (SELECT m.room_id FROM memberships AS m CROSS JOIN rooms AS o ON o.id = m.room_id
     WHERE m.user_id = :user_id AND m.is_member AND (m.hidden_n IS NULL OR o.n > m.hidden_n)
     AND (o.active_at, o.id) < (:active_at, :room_id)
     ORDER BY o.active_at DESC, o.id DESC LIMIT :limit) AS page
    CROSS JOIN memberships AS s ON s.room_id = page.room_id AND s.user_id = :user_id
    CROSS JOIN rooms AS r ON r.id = page.room_id"""  # noqa: S608
ROWS_OF_PAIRS = f"""SELECT {ROW} FROM json_each(?) AS j
    CROSS JOIN memberships AS s ON s.room_id = j.value ->> 1 AND s.user_id = j.value ->> 0 AND s.is_member
    CROSS JOIN rooms AS r ON r.id = s.room_id"""  # noqa: S608
# After every time and id that there can be.
MOST_RECENT = ("~", "~")


def rooms_of_people(db: sqlite3.Connection, user_ids: Iterable[str], *, limit: int) -> list[PersonRooms]:
    asked = list(user_ids)
    versions = versions_of(db, asked)
    people = []
    answer = Answer()
    for user_id in asked:
        places = room_places(db, user_id)
        rows = answer.take(row for _, row in rows_of_person(db, user_id, after=None, limit=limit))
        shown = {row.room.id for row in rows}
        people.append(
            PersonRooms(
                user_id=user_id,
                rooms_version=versions[user_id],
                rows=rows,
                more=len(rows) < len(places),
                room_heads={room_id: head for room_id, head, _, _ in places},
                unshown={
                    room_id: Unshown(joined_seq, history)
                    for room_id, _, joined_seq, history in places
                    if room_id not in shown
                },
                hidden=hidden_rows(db, user_id, limit=limit),
            )
        )
    return people


def room_places(db: sqlite3.Connection, user_id: str) -> list[tuple[str, int, int, HistoryRule]]:
    """Return each room that is not hidden: its head, where the membership begins, and what it shows to newcomers."""
    return db.execute(
        "SELECT r.id, r.head, m.joined_seq, r.history FROM memberships AS m CROSS JOIN rooms AS r ON r.id = m.room_id "
        "WHERE m.user_id = ? AND m.is_member AND (m.hidden_n IS NULL OR r.n > m.hidden_n)",
        (user_id,),
    ).fetchall()


def hidden_rows(db: sqlite3.Connection, user_id: str, *, limit: int) -> list[RoomRow]:
    pairs = db.execute(
        "SELECT m.user_id, m.room_id FROM memberships AS m CROSS JOIN rooms AS r ON r.id = m.room_id "
        "WHERE m.user_id = ? AND m.is_member AND m.hidden_n IS NOT NULL AND r.n <= m.hidden_n "
        "ORDER BY r.active_at DESC LIMIT ?",
        (user_id, limit),
    ).fetchall()
    return [row for _, row in rows_of_pairs(db, pairs)] if pairs else []


def rows_of_person(
    db: sqlite3.Connection, user_id: str, *, after: tuple[str, str] | None, limit: int
) -> list[tuple[str, RoomRow]]:
    """Return (active_at, row), most recently active first."""
    active_at, room_id = after or MOST_RECENT
    asked = {"user_id": user_id, "active_at": active_at, "room_id": room_id, "limit": limit}
    found = [(row[ACTIVE_AT], row_of(row)) for row in db.execute(ROWS_OF_PERSON, asked)]
    return sorted(found, key=lambda one: (one[0], one[1].room.id), reverse=True)


def rows_of_pairs(db: sqlite3.Connection, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]:
    return [(row[ROOM_WIDTH], row_of(row)) for row in db.execute(ROWS_OF_PAIRS, (encode(pairs).decode(),))]


def row_of(row: Row) -> RoomRow:
    *_, deleted, mentions = row
    standing = standing_of_row(row[ROOM_WIDTH : ROOM_WIDTH + STANDING_WIDTH])
    return room_row(room_of_row(row[:ROOM_WIDTH]), standing, deleted=deleted, mentions=mentions)


def versions_of(db: sqlite3.Connection, user_ids: Iterable[str]) -> dict[str, int]:
    asked = list(user_ids)
    rows = db.execute(
        "SELECT user_id, rooms_version FROM people WHERE user_id IN (SELECT value FROM json_each(?))",
        (encode(asked).decode(),),
    )
    return dict.fromkeys(asked, 0) | dict(rows.fetchall())
