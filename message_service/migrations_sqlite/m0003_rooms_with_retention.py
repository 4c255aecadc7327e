"""The rooms that keep their messages for a while only are found without looking at the others."""

from message_service.store_sqlite_connections import SqliteConnections

STATEMENTS = ("CREATE INDEX rooms_with_retention ON rooms (id) WHERE retention_days IS NOT NULL",)


def up(store: SqliteConnections) -> None:
    with store.writing() as db:
        for statement in STATEMENTS:
            db.execute(statement)
