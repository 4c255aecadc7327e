"""The message store's adapters, each empty, so that one suite judges them all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from message_service.stores.opening import open_store
from message_service.stores.port import MessageStore
from tests.servers import Server, mongodb


@contextmanager
def opened(url: str) -> Iterator[MessageStore]:
    store = open_store(url)
    try:
        store.migrate()
        yield store
    finally:
        store.close()


def store_url(name: str, *, folder: Path, request: pytest.FixtureRequest) -> str:
    """Return where an adapter is to keep its data; a server is asked for only when its adapter is."""
    urls = {
        "sqlite": lambda: f"sqlite:///{folder}/messages.db",
        "mongodb": lambda: fresh_database(request.getfixturevalue("mongodb_server")),
        "ferretdb": lambda: fresh_database(request.getfixturevalue("ferretdb_server")),
    }
    return urls[name]()


def fresh_database(server: Server) -> str:
    """Return the url of a database of the test's own: it stays small, and what reads it does not scan long."""
    return mongodb.database_url(server.url, f"chatflow_test_{secrets.token_hex(6)}")


# MongoDB twice: as a replica set, and on FerretDB, which has its own mind about the same protocol. It scans whatever it
# is asked for, so that the whole suite takes minutes on it.
ADAPTERS = ["sqlite", "mongodb", pytest.param("ferretdb", marks=pytest.mark.long)]
