"""How often an invitation was used is counted in its document, which has the count from its next use: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
