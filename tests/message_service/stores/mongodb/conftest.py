"""A store of the test's own, on the replica set."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_profiles import fresh_database
from tests.servers import Server


@pytest.fixture
def database_url(mongodb_server: Server) -> str:
    return fresh_database(mongodb_server)


@pytest.fixture
def store(database_url: str) -> Iterator[MongodbStore]:
    with closing(MongodbStore(database_url)) as store:
        store.migrate()
        yield store
