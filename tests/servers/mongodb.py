"""A server that speaks the MongoDB protocol: the one that is given, else mongod, else a FerretDB that we build."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from tests.servers.ferretdb import build_ferretdb
from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import Server

# Names a MongoDB that somebody else runs; the tests only make databases called chatflow_test_* on it.
GIVEN_URL_VARIABLE = "TEST_MONGODB_URL"


@contextmanager
def open_mongodb(folder: Path, *, say: Callable[[str], None] = lambda line: None) -> Iterator[Server]:
    """Run an empty server, or yield the given one, which cannot be killed; `say` hears about a long build."""
    folder.mkdir(parents=True, exist_ok=True)
    given_url = os.environ.get(GIVEN_URL_VARIABLE)
    if given_url:
        yield Server("MongoDB", command=[], folder=folder, url=given_url, answers=lambda: answers_ping(given_url))
        return
    server = local_server(folder, say=say)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def local_server(folder: Path, *, say: Callable[[str], None]) -> Server:
    port = find_free_port()
    address = f"{LOCALHOST}:{port}"
    url = f"mongodb://{address}/"
    data = folder / "data"
    data.mkdir()
    mongod = shutil.which("mongod")
    command = (
        [mongod, "--dbpath", str(data), "--port", str(port), "--bind_ip", LOCALHOST]
        if mongod
        else [str(build_ferretdb(say=say)), address, str(data)]
    )
    return Server("MongoDB", command=command, folder=folder, url=url, answers=lambda: answers_ping(url))


def database_url(server_url: str, name: str) -> str:
    """Return the url of a database on that server, keeping its options."""
    bare, mark, options = server_url.partition("?")
    host = bare.split("//", 1)[1].split("/", 1)[0]
    return f"{bare.split('//', 1)[0]}//{host}/{name}{mark}{options}"


def drop_database(server_url: str, name: str) -> None:
    with pymongo.MongoClient[dict[str, object]](server_url, serverSelectionTimeoutMS=5000) as client:
        client.drop_database(name)


def answers_ping(url: str) -> bool:
    with pymongo.MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=500) as client:
        try:
            client.admin.command("ping")
        except PyMongoError:
            return False
        return True
