"""What a room is for stands in its document, from the room's next event: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
