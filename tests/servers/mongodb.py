"""MongoDB as a replica set of one: the one that is given, else a mongod, else SecantusDB, which is of our packages."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import Server, ServerMissing

# Names a MongoDB that somebody else runs; the tests only make databases called chatflow_test_* on it.
GIVEN_URL_VARIABLE = "TEST_MONGODB_URL"
SET = "chatflow"
SECANTUS_CACHE = "256M"


@contextmanager
def open_mongodb(folder: Path) -> Iterator[Server]:
    """Run an empty server, or yield the given one, which cannot be killed."""
    folder.mkdir(parents=True, exist_ok=True)
    given_url = os.environ.get(GIVEN_URL_VARIABLE)
    if given_url:
        yield Server("MongoDB", command=[], folder=folder, url=given_url, answers=lambda: answers_ping(given_url))
        return
    server = local_server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def has_real_mongodb() -> bool:
    return GIVEN_URL_VARIABLE in os.environ or shutil.which("mongod") is not None


def local_server(folder: Path) -> Server:
    port = find_free_port()
    data = folder / "data"
    data.mkdir()
    address = f"{LOCALHOST}:{port}"
    mongod = shutil.which("mongod")
    command = (
        [mongod, "--replSet", SET, "--dbpath", str(data), "--port", str(port), "--bind_ip", LOCALHOST]
        if mongod
        else [
            *(*secantusd(), "--host", LOCALHOST, "--port", str(port), "--storage-path", str(data)),
            *("--cache-size", SECANTUS_CACHE, "--log-level", "WARNING"),
        ]
    )
    return Server(
        "MongoDB",
        command=command,
        folder=folder,
        url=f"mongodb://{address}/",
        answers=lambda: is_primary(address),
        # Nobody's configuration, which it would look for there.
        environment={"HOME": str(folder)},
    )


def secantusd() -> list[str]:
    """Return the command of the package `secantusdb`, which has no wheel for some systems."""
    if importlib.util.find_spec("secantus") is None:
        raise ServerMissing("MongoDB", "no mongod on the PATH, and secantusdb is not installed")
    return [sys.executable, "-m", "secantus"]


def is_primary(address: str) -> bool:
    """Tell whether this member takes writes; one that is in no set yet is told to be one by itself."""
    with pymongo.MongoClient[dict[str, object]](
        f"mongodb://{address}/?directConnection=true", serverSelectionTimeoutMS=500
    ) as client:
        try:
            if "setName" not in client.admin.command("hello"):
                client.admin.command("replSetInitiate", {"_id": SET, "members": [{"_id": 0, "host": address}]})
            return bool(client.admin.command("hello")["isWritablePrimary"])
        except PyMongoError:
            return False


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
