"""A read position can be moved back: what that needs comes with the next mark of each membership. Nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 11


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
