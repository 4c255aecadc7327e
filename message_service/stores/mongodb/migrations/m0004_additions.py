"""When others last brought a person in stands in their membership, where it is found by the person: nothing to do."""

from message_service.stores.mongodb.database import MongoDatabase


def up(store: MongoDatabase) -> None:
    """The fields come with the next change of each membership."""
