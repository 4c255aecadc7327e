"""Topics are searched as names are: without case, width or the way in which a letter is composed."""

from message_service.stores.sqlite.database import SqliteConnections
from message_service.log.sort_keys import sort_key


def up(store: SqliteConnections) -> None:
    with store.writing() as db:
        db.execute("ALTER TABLE rooms ADD COLUMN topic_key TEXT NOT NULL DEFAULT ''")
        rooms = db.execute("SELECT id, name, topic FROM rooms").fetchall()
        db.executemany(
            "UPDATE rooms SET sort_key = ?, topic_key = ? WHERE id = ?",
            [(sort_key(name or ""), sort_key(topic), room_id) for room_id, name, topic in rooms],
        )
