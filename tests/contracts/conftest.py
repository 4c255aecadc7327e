"""Fixtures of the contract suites: message stores, job queues, and the older program of `BEFORE`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chatflow.ids import new_id
from message_service.stores.port import MessageStore
from tests.contracts.job_queue_profiles import RabbitProfile
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import ADAPTERS, opened, store_url
from tests.notification_service.message_service_edge import MessageServiceEdge, open_edge
from tests.older_version import unpack_version
from tests.servers import Server

# The commit of the older program, called the version before, whose processes this one must get along with.
BEFORE = "e92aa47a8818"


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared package as it was."""
    return unpack_version(BEFORE, "chatflow", folder=tmp_path_factory.mktemp("before"))


@pytest.fixture(params=ADAPTERS)
def message_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    left_out = request.node.get_closest_marker("not_on_ferretdb")
    if request.param == "ferretdb" and left_out is not None:
        pytest.skip(f"left out on FerretDB: {left_out.args[0]}")
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


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def log() -> AsyncIterator[MessageServiceEdge]:
    async with open_edge() as edge:
        yield edge


@pytest.fixture
async def rabbitmq(
    log: MessageServiceEdge, rabbitmq_server: Server, stack: AsyncExitStack
) -> AsyncIterator[RabbitProfile]:
    profile = RabbitProfile(log, rabbitmq_server, stack)
    yield profile
    await stack.aclose()
    async with AsyncExitStack() as profile.stack:
        await profile.delete_queues()
