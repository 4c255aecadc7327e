"""Invitations get rows of their own, and those that let nobody in any more are left behind.

They stood in the room's row, which every message rewrites.
"""

import time

from chatflow.instants import write_instant
from message_service.stores.sqlite.database import SqliteConnections

TABLE = """CREATE TABLE invites (
    room_id TEXT NOT NULL, invite_id TEXT NOT NULL, secret_hash TEXT NOT NULL, role TEXT NOT NULL,
    created_by TEXT NOT NULL, uses_left INTEGER, until TEXT, PRIMARY KEY (room_id, invite_id)) WITHOUT ROWID"""
LIVING = """INSERT INTO invites (room_id, invite_id, secret_hash, role, created_by, uses_left, until)
    SELECT r.id, j.key, j.value ->> 'secret_hash', j.value ->> 'role', j.value ->> 'created_by',
        j.value ->> 'uses_left', j.value ->> 'until'
    FROM rooms AS r CROSS JOIN json_each(r.invites) AS j
    WHERE coalesce(j.value ->> 'uses_left', 1) > 0 AND coalesce(j.value ->> 'until', '~') > ?"""


def up(store: SqliteConnections) -> None:
    now = write_instant(time.time())
    with store.writing() as db:
        db.execute(TABLE)
        db.execute(LIVING, (now,))
        db.execute("ALTER TABLE rooms DROP COLUMN invites")
