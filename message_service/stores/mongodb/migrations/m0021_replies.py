"""What a message says of the thread under it stands in its document, from the next reply: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
