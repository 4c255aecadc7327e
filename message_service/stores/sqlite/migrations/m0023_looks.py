"""Names of open channels are compared by what they look like, too; those that looked alike before keep their names."""

from message_service.log.names import name_of
from message_service.stores.sqlite.database import SqliteConnections

OLDEST = 11
OPEN = "kind = 'channel' AND NOT private AND NOT archived AND member_count > 0"
STATEMENTS = (
    # Null for a room that keeps its name from nobody.
    "ALTER TABLE rooms ADD COLUMN look_key TEXT",
    "CREATE INDEX names_by_look ON rooms (look_key) WHERE look_key IS NOT NULL",
    f"CREATE INDEX names_in_use ON rooms (sort_key) WHERE {OPEN}",
)


def up(store: SqliteConnections) -> None:
    with store.writing() as db:
        for statement in STATEMENTS:
            db.execute(statement)
        found = db.execute(f"SELECT id, name FROM rooms WHERE {OPEN}").fetchall()  # noqa: S608
        names = [(name_of(name or ""), room_id) for room_id, name in found]
        looks = [(name.look, room_id) for name, room_id in names if name is not None]
        db.executemany("UPDATE rooms SET look_key = ? WHERE id = ?", looks)
