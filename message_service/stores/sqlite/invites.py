"""Invitations that still work, on SQLite; those that are used up, over or revoked are deleted."""

import sqlite3

from chatflow.wire.log import InviteState
from message_service.log.projecting import Projection
from message_service.log.records import InviteChange

MADE = (
    "INSERT INTO invites (room_id, invite_id, secret_hash, role, created_by, uses_left, until) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
USED = "UPDATE invites SET uses_left = uses_left - 1, used = used + 1 WHERE room_id = ? AND invite_id = ?"
USED_UP = "DELETE FROM invites WHERE room_id = ? AND invite_id = ? AND uses_left <= 0"
REVOKED = "DELETE FROM invites WHERE room_id = ? AND invite_id = ?"
OVER = "DELETE FROM invites WHERE room_id = ? AND until <= ?"
# In the order in which they were made: their ids begin with the time.
LIVING = (
    "SELECT invite_id, secret_hash, role, created_by, uses_left, until, used FROM invites WHERE room_id = ? "
    "ORDER BY invite_id"
)


def write_invites(db: sqlite3.Connection, projection: Projection) -> None:
    for change in projection.invites:
        write_invite(db, projection.room.id, change)
    if projection.invites_over_at is not None:
        db.execute(OVER, (projection.room.id, projection.invites_over_at))


def write_invite(db: sqlite3.Connection, room_id: str, change: InviteChange) -> None:
    made = change.made
    key = (room_id, change.invite_id)
    if made is not None:
        db.execute(MADE, (*key, made.secret_hash, made.role, made.created_by, made.uses_left, made.until))
    elif change.is_revoked:
        db.execute(REVOKED, key)
    else:
        db.execute(USED, key)
        db.execute(USED_UP, key)


def living_invites(db: sqlite3.Connection, room_id: str) -> list[InviteState]:
    return [InviteState(*row) for row in db.execute(LIVING, (room_id,))]
