"""What the contract suites of the message store ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatflow.ids import new_id
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import ADAPTERS, opened, store_url


@pytest.fixture(params=ADAPTERS)
def message_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return store_url(request.param, folder=tmp_path, request=request)


@pytest.fixture
def store(message_store_url: str) -> Iterator[MessageStore]:
    with opened(message_store_url) as store:
        yield store


@pytest.fixture
def alice() -> str:
    return new_id()


@pytest.fixture
def bob() -> str:
    return new_id()


@pytest.fixture
def carol() -> str:
    return new_id()


@pytest.fixture
def room(store: MessageStore, alice: str, bob: str) -> RoomLog:
    """A channel that alice made, with bob in it."""
    room = RoomLog(store, owner=alice)
    room.begin(bob)
    return room
