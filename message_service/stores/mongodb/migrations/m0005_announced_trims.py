"""What retention is going to take is announced first, in a small collection by room: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    """The collections come with their first documents."""
