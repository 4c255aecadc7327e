"""What people say about following a thread."""

from message_service.store_sqlite_connections import SqliteConnections

STATEMENTS = (
    # What people have said about following a thread, and when; whoever writes in one follows it without.
    """CREATE TABLE thread_follows (
        thread TEXT NOT NULL, user_id TEXT NOT NULL, following INTEGER NOT NULL, n INTEGER NOT NULL,
        PRIMARY KEY (thread, user_id)) WITHOUT ROWID""",
)


def up(store: SqliteConnections) -> None:
    with store.writing() as db:
        for statement in STATEMENTS:
            db.execute(statement)
