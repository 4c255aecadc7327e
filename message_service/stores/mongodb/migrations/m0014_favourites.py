"""Where a room stands in a person's own list stands in their membership, from when they first say so: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase

OLDEST = 9


def up(store: MongoDatabase) -> None:
    """Leave all as it is."""
