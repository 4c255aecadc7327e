"""The servers as pytest fixtures: `valkey_url`, `postgres_url`, `mongodb_url`, `rabbitmq_url`, empty for a module."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.servers import (
    Server,
    ServerMissing,
    mongodb,
    open_ferretdb,
    open_mongodb,
    open_postgresql,
    open_rabbitmq,
    open_valkey,
    postgresql,
    rabbitmq,
)
from tests.servers.skips import give_up_without


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Not one of pytest's: each run that begins closes their common parent to the user that PostgreSQL runs as."""
    with tempfile.TemporaryDirectory(prefix="chatflow-servers-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def valkey_url(servers_folder: Path) -> Iterator[str]:
    """An empty Valkey of the module's own: it starts in 30 ms, and channels know no databases."""
    with open_or_skip(lambda: open_valkey(servers_folder / f"valkey-{secrets.token_hex(4)}")) as server:
        yield server.url


@pytest.fixture(scope="session")
def postgres_server(servers_folder: Path) -> Iterator[Server]:
    with open_or_skip(lambda: open_postgresql(servers_folder / "postgresql")) as server:
        yield server


@pytest.fixture(scope="module")
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """An empty database."""
    name = fresh_name()
    yield postgresql.create_database(postgres_server.url, name)
    postgresql.drop_database(postgres_server.url, name)


@pytest.fixture(scope="session")
def mongodb_server(servers_folder: Path) -> Iterator[Server]:
    """A replica set of one."""
    with open_or_skip(lambda: open_mongodb(servers_folder / "mongodb")) as server:
        yield server


@pytest.fixture(scope="session")
def ferretdb_server(servers_folder: Path, say: Callable[[str], None]) -> Iterator[Server]:
    with open_or_skip(lambda: open_ferretdb(servers_folder / "ferretdb", say=say)) as server:
        yield server


@pytest.fixture(scope="module")
def mongodb_url(mongodb_server: Server) -> Iterator[str]:
    """The url of an empty database, which it names."""
    name = fresh_name()
    yield mongodb.database_url(mongodb_server.url, name)
    mongodb.drop_database(mongodb_server.url, name)


@pytest.fixture(scope="session")
def rabbitmq_server(servers_folder: Path) -> Iterator[Server]:
    with open_or_skip(lambda: open_rabbitmq(servers_folder / "rabbitmq")) as server:
        yield server


@pytest.fixture(scope="module")
def rabbitmq_url(rabbitmq_server: Server) -> Iterator[str]:
    """The url of an empty virtual host, which it names."""
    name = fresh_name()
    yield rabbitmq.create_virtual_host(rabbitmq_server, name)
    rabbitmq.delete_virtual_host(rabbitmq_server, name)


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a line at once, past pytest's capturing."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")

    def print_line(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.write_line(f"\n{line}", flush=True)

    # A worker of a parallel run has no terminal of its own.
    return print_line if reporter else lambda line: None


@contextmanager
def open_or_skip(opening: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    """Run a server for as long as the fixture lives, or skip every test that wants it."""
    manager = opening()
    try:
        server = manager.__enter__()
    except ServerMissing as missing:
        give_up_without(missing)
    try:
        yield server
    finally:
        manager.__exit__(None, None, None)


def fresh_name() -> str:
    return f"chatflow_test_{secrets.token_hex(6)}"
