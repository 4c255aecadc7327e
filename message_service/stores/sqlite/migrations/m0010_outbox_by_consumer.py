"""What an event is owed to gets a row for each consumer; so far there was one, alerts."""

from message_service.stores.sqlite.migrations import executing

OLDEST = 9
STATEMENTS = (
    """CREATE TABLE outbox (
        room_id TEXT NOT NULL, seq INTEGER NOT NULL, consumer TEXT NOT NULL, since REAL NOT NULL,
        partition INTEGER NOT NULL, PRIMARY KEY (room_id, seq, consumer)) WITHOUT ROWID""",
    "INSERT INTO outbox SELECT room_id, seq, 'alerts', since, partition FROM owed",
    "CREATE INDEX outbox_by_age ON outbox (consumer, since)",
    "DROP TABLE owed",
    # An older program goes on to write, read and clear alerts by the name of the table before, and sees nobody else's.
    "CREATE VIEW owed AS SELECT room_id, seq, since, partition FROM outbox WHERE consumer = 'alerts'",
    """CREATE TRIGGER owed_to_alerts INSTEAD OF INSERT ON owed BEGIN
        INSERT INTO outbox VALUES (new.room_id, new.seq, 'alerts', new.since, new.partition); END""",
    """CREATE TRIGGER cleared_by_alerts INSTEAD OF DELETE ON owed BEGIN
        DELETE FROM outbox WHERE room_id = old.room_id AND seq = old.seq AND consumer = 'alerts'; END""",
)

up = executing(STATEMENTS)
