"""Tells the verifiers that there is a revocation to poll; a lost hint costs them a second, not the truth.

A connection per hint: they are rare, and redis-py would cost this process 10 MB for its one command.
"""

import socket
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

import hiredis
import structlog
from django.conf import settings

from chatflow.wire.bus import REVOCATIONS_CHANNEL

log = structlog.get_logger(__name__)

# Somebody waits for the answer to a logout meanwhile.
TIMEOUT_SECONDS = 0.25


def wake_verifiers() -> None:
    try:
        publish(settings.CHATFLOW.redis_url, REVOCATIONS_CHANNEL)
    except (OSError, hiredis.HiredisError) as error:
        log.warning("verifiers were not woken", reason=str(error))


def publish(url: str, channel: str) -> None:
    """Publish an empty message; raises OSError or HiredisError if the server did not take it."""
    address = urlsplit(url)
    commands: list[tuple[Any, ...]] = [("PUBLISH", channel, b"")]
    if address.password:
        commands.insert(0, ("AUTH", unquote(address.username or "default"), unquote(address.password)))
    with dial(url) as connection:
        connection.sendall(b"".join(hiredis.pack_command(command) for command in commands))
        reader = hiredis.Reader()
        for _ in commands:
            while (reply := reader.gets()) is False:
                received = connection.recv(4096)
                if not received:
                    raise ConnectionError("Redis closed the connection")
                reader.feed(received)
            if isinstance(reply, hiredis.HiredisError):
                raise reply


def dial(url: str) -> socket.socket:
    address = urlsplit(url)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(address.path)
        return connection
    host = address.hostname or "127.0.0.1"
    connection = socket.create_connection((host, address.port or 6379), timeout=TIMEOUT_SECONDS)
    if address.scheme == "rediss":
        return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
    return connection
