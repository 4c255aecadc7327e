"""A database of each kind, a bus, and the services at their edges."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from chatflow.bus.redis import RedisBus
from chatflow.wire.bus import SIGNALS_CHANNEL, ToPerson
from notification_service.stores.database import Database
from tests.notification_service import orm
from tests.notification_service.message_service_edge import MessageServiceEdge, open_edge
from tests.notification_service.process import Service, ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge, open_user_service


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/notifications.db"


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


@pytest.fixture
def migrated_url(database_url: str) -> str:
    orm.migrate(database_url)
    # One PostgreSQL database serves a whole module.
    orm.wipe()
    return database_url


@pytest.fixture
def migrated_sqlite(sqlite_url: str) -> None:
    """Let Django use an empty file: for what does not depend on the kind of database."""
    orm.migrate(sqlite_url)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    database = Database()
    yield database
    await database.close()


@pytest.fixture
async def edge() -> AsyncIterator[MessageServiceEdge]:
    async with open_edge() as edge:
        yield edge


@pytest.fixture
async def users() -> AsyncIterator[UserServiceEdge]:
    async with open_user_service() as users:
        yield users


class Sockets:
    """What the gateways receive on the bus, for their sockets."""

    def __init__(self) -> None:
        self.told: list[ToPerson] = []

    def receive(self, payload: bytes) -> None:
        self.told += msgspec.msgpack.decode(payload, type=list[ToPerson])

    def ids(self) -> list[str]:
        return [signal.payload["id"] for signal in self.told]


@pytest.fixture
async def sockets(valkey_url: str) -> AsyncIterator[Sockets]:
    sockets = Sockets()
    bus = RedisBus(valkey_url, on_gap=lambda: None)
    await bus.start()
    await bus.subscribe(SIGNALS_CHANNEL, sockets.receive)
    yield sockets
    await bus.close()


@pytest.fixture
async def bus(valkey_url: str) -> AsyncIterator[RedisBus]:
    bus = RedisBus(valkey_url, on_gap=lambda: None)
    await bus.start()
    yield bus
    await bus.close()


@pytest.fixture
async def service(
    tmp_path: Path,
    valkey_url: str,
    edge: MessageServiceEdge,
    users: UserServiceEdge,
    migrated_url: str,
) -> AsyncIterator[Service]:
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    await service.start()
    yield service
    await service.close()
