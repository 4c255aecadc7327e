"""SQLite's log is written anew in a compact form; on MongoDB there is nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
