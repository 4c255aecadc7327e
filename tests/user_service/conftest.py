"""A running user_service on each database that it supports."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Server
from tests.servers.postgresql import create_database, drop_database
from tests.user_service.database import copy_database, migrate
from tests.user_service.running import UserService, open_user_service

OWN_FIXTURE_OF = {"sqlite": "own_sqlite_url", "postgresql": "own_postgres_url"}
MIGRATED_FIXTURE_OF = {"sqlite": "migrated_sqlite_url", "postgresql": "migrated_postgres_url"}
FIXTURE_OF = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user_service")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that is up to date, to be copied: a start that migrates takes twice the processor time."""
    file = tmp_path_factory.mktemp("migrated") / "users.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres_server: Server) -> Iterator[str]:
    """The same on PostgreSQL."""
    name = f"migrated_{secrets.token_hex(6)}"
    migrate(create_database(postgres_server.url, name))
    yield name
    drop_database(postgres_server.url, name)


@pytest.fixture(scope="module")
def sqlite_url(folder: Path, migrated_file: Path) -> str:
    return copy_database(migrated_file, folder)


# What Django asks of both is alike; on PostgreSQL too are, at each run, the migrations and the races (`own_url`).
@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(FIXTURE_OF[request.param])
    return url


@pytest.fixture(scope="module")
def service(folder: Path, database_url: str) -> Iterator[UserService]:
    with open_user_service(folder, database_url=database_url) as service:
        yield service


@pytest.fixture
def own_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/users.db"


@pytest.fixture
def own_postgres_url(postgres_server: Server) -> Iterator[str]:
    name = f"own_{secrets.token_hex(6)}"
    yield create_database(postgres_server.url, name)
    drop_database(postgres_server.url, name)


@pytest.fixture(params=list(OWN_FIXTURE_OF))
def own_url(request: pytest.FixtureRequest) -> str:
    """An empty database that no other test knows."""
    url: str = request.getfixturevalue(OWN_FIXTURE_OF[request.param])
    return url


@pytest.fixture
def migrated_sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    return copy_database(migrated_file, tmp_path)


@pytest.fixture
def migrated_postgres_url(postgres_server: Server, migrated_database: str) -> Iterator[str]:
    name = f"own_{secrets.token_hex(6)}"
    yield create_database(postgres_server.url, name, template=migrated_database)
    drop_database(postgres_server.url, name)


@pytest.fixture(params=list(MIGRATED_FIXTURE_OF))
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own with nobody in it, where nothing is to be migrated."""
    url: str = request.getfixturevalue(MIGRATED_FIXTURE_OF[request.param])
    return url


@pytest.fixture
def two_services(tmp_path: Path, migrated_url: str) -> Iterator[list[UserService]]:
    """Two processes on one database with nobody in it."""
    with (
        open_user_service(tmp_path, database_url=migrated_url) as one,
        open_user_service(tmp_path, database_url=migrated_url) as other,
    ):
        yield [one, other]
