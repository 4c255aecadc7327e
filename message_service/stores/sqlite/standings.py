"""People's standings in rooms, read from SQLite rows."""

import sqlite3
from collections.abc import Iterable

from chatflow.protocol.objects import Notify
from message_service.log.room_objects import Standing
from message_service.stores.sqlite.documents import Row, encode

STANDING_COLUMNS = (
    "user_id, is_member, role, joined_seq, banned, muted_until, read_seq, read_n, hidden_n, notify_level, "
    "notify_muted_until, declined, read_moves, back_n, own_unread, favourite, section"
)
STANDING_WIDTH = len(STANDING_COLUMNS.split(", "))


def standing_of_row(row: Row) -> Standing:
    # Without names of their own: of a call with more than 15 names Python makes a dict, at four times the cost.
    return Standing(
        row[0],
        bool(row[1]),
        row[2],
        joined_seq=row[3],
        banned=bool(row[4]),
        muted_until=row[5],
        read_seq=row[6],
        read_n=row[7],
        hidden_n=row[8],
        notify=Notify(row[9], row[10]),
        declined=bool(row[11]),
        read_moves=row[12],
        back_n=row[13],
        own_unread=row[14],
        favourite=bool(row[15]),
        section=row[16],
    )


def standings_in(db: sqlite3.Connection, room_id: str, *, user_ids: Iterable[str] | None = None) -> list[Standing]:
    """Return all people whom the room remembers, or those of the given ones."""
    if user_ids is None:
        rows = db.execute(f"SELECT {STANDING_COLUMNS} FROM memberships WHERE room_id = ?", (room_id,))  # noqa: S608
    else:
        rows = db.execute(
            f"SELECT {STANDING_COLUMNS} FROM memberships WHERE room_id = ? "  # noqa: S608
            "AND user_id IN (SELECT value FROM json_each(?))",
            (room_id, encode(list(user_ids)).decode()),
        )
    return [standing_of_row(row) for row in rows]
