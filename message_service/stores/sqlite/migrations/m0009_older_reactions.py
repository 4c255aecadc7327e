"""Moves the reactions that still stand in messages into rows: step 11 does it on its way, so there is nothing to do."""

from collections.abc import Iterator

from message_service.stores.migrating import Progress
from message_service.stores.sqlite.database import SqliteConnections

IN_BACKGROUND = True


def up(_: SqliteConnections) -> Iterator[Progress]:
    yield from ()
