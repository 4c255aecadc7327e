"""People's memberships and standings in rooms, read from SQLite rows."""

import sqlite3
from collections.abc import Iterable

from chatflow.protocol.objects import Notify
from message_service.log.room_objects import Membership, Standing
from message_service.stores.sqlite.documents import Row, encode

MEMBERSHIP_COLUMNS = "user_id, is_member, role, joined_seq, banned, muted_until, declined"
STANDING_COLUMNS = (
    f"{MEMBERSHIP_COLUMNS}, read_seq, read_n, read_moves, back_n, own_unread, hidden_n, notify_level, "
    "notify_muted_until, favourite, section"
)
STANDING_WIDTH = len(STANDING_COLUMNS.split(", "))


def standing_of_row(row: Row) -> Standing:
    return Standing(
        row[0],
        bool(row[1]),
        row[2],
        row[3],
        bool(row[4]),
        row[5],
        bool(row[6]),
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        row[12],
        Notify(row[13], row[14]),
        bool(row[15]),
        row[16],
    )


def memberships_in(db: sqlite3.Connection, room_id: str) -> list[Membership]:
    """Return all people whom the room remembers."""
    rows = db.execute(f"SELECT {MEMBERSHIP_COLUMNS} FROM memberships WHERE room_id = ?", (room_id,))  # noqa: S608
    return [
        Membership(user_id, bool(is_member), role, joined_seq, bool(banned), muted_until, bool(declined))
        for user_id, is_member, role, joined_seq, banned, muted_until, declined in rows
    ]


def standings_in(db: sqlite3.Connection, room_id: str, *, user_ids: Iterable[str]) -> list[Standing]:
    """Return those of these people whom the room remembers."""
    rows = db.execute(
        f"SELECT {STANDING_COLUMNS} FROM memberships WHERE room_id = ? "  # noqa: S608
        "AND user_id IN (SELECT value FROM json_each(?))",
        (room_id, encode(list(user_ids)).decode()),
    )
    return [standing_of_row(row) for row in rows]
