"""An index of a long log takes minutes to build, and nobody waits for it."""

from contextlib import closing
from typing import Any

import pymongo
import pytest

from chatflow.ids import new_id
from message_service.stores.migrating import Migrating, migrations_in
from message_service.stores.mongodb import migrations
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog, in_time
from tests.contracts.message_store_profiles import fresh_database
from tests.contracts.mongodb_cut import open_cut
from tests.servers import Server

# The step that makes an index of the log, in a store that has one.
OUTBOX = 10
# Far less than the build takes here.
SOCKET = "&socketTimeoutMS=300"


@pytest.fixture
def older_url(mongodb_server: Server) -> str:
    """A store as it was before that step, with a room in it."""
    url = fresh_database(mongodb_server)
    with closing(MongodbStore(url)) as store:
        older = [step for step in migrations_in(migrations) if step.number < OUTBOX]
        store.migrating = Migrating(store.migrating._store, older)
        store.migrate()
        RoomLog(store, owner=new_id()).begin()
    return url


def index_names(url: str) -> set[str]:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        return set(client.get_default_database().events.index_information())


def test_a_store_works_while_an_index_is_built_and_the_build_is_not_broken_off(older_url: str) -> None:
    with open_cut(older_url, after=None) as cut, closing(MongodbStore(f"{cut.url}{SOCKET}")) as store:
        cut.indexes_may_pass.clear()

        store.migrate()

        assert cut.indexes_came.wait(20)
        room = RoomLog(store, owner=new_id())
        room.begin()
        room.say(room.owner, "meanwhile", owed=True)
        assert len(store.owed(limit=5, until=in_time(), partitions=None)) == 1
        # Longer than the store waits for any other answer.
        assert not store.migrating.wait(1)
        assert "owed.to_1_owed.since_1" not in index_names(older_url)

        cut.indexes_may_pass.set()
        assert store.migrating.wait(20)
        assert cut.index_builds == 3
    assert "owed.to_1_owed.since_1" in index_names(older_url)
