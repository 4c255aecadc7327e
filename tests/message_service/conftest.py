"""A message_service for all tests of a module, with rooms of their own."""

from collections.abc import Iterator

import pytest

from chatflow.ids import new_id
from tests.contracts.message_store_log import RoomWriter
from tests.message_service.service import MessageService
from tests.message_service.user_service_edge import UserServiceEdge


@pytest.fixture(scope="module")
def user_service() -> Iterator[UserServiceEdge]:
    edge = UserServiceEdge()
    with edge.served():
        yield edge


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, user_service: UserServiceEdge) -> Iterator[MessageService]:
    service = MessageService(tmp_path_factory.mktemp("data"), user_service=user_service)
    service.start()
    yield service
    service.kill()


@pytest.fixture
def alice() -> str:
    return new_id()


@pytest.fixture
def bob() -> str:
    return new_id()


@pytest.fixture
def mallory() -> str:
    return new_id()


@pytest.fixture
def room(service: MessageService, alice: str, bob: str) -> RoomWriter:
    """An open channel that alice made, with bob in it."""
    room = RoomWriter(service, owner=alice)
    room.begin(bob)
    return room


@pytest.fixture
def secret_room(service: MessageService, alice: str, bob: str) -> RoomWriter:
    room = RoomWriter(service, owner=alice)
    room.begin(bob, private=True, name="secret")
    return room
