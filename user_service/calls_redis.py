"""Asks Redis something now and then.

A connection per call: they are rare, and redis-py would cost this process 10 MB for its few commands.
"""

import socket
import ssl
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import hiredis

from chatflow.errors import Unavailable

# Somebody waits for the answer to a login or a logout meanwhile.
TIMEOUT_SECONDS = 0.25

Command = tuple[Any, ...]


def call(url: str, commands: Sequence[Command]) -> list[Any]:
    """Send these commands together and return their answers; raises Unavailable if the server did not take them."""
    before = opening(url)
    try:
        with dial(url) as connection:
            connection.sendall(b"".join(hiredis.pack_command(command) for command in [*before, *commands]))
            return read_answers(connection, count=len(before) + len(commands))[len(before) :]
    except (OSError, hiredis.HiredisError) as error:
        raise Unavailable(f"Redis: {error}") from error


def opening(url: str) -> list[Command]:
    address = urlsplit(url)
    commands: list[Command] = []
    if address.password:
        commands.append(("AUTH", unquote(address.username or "default"), unquote(address.password)))
    if address.scheme != "unix" and (database := address.path.strip("/")) not in ("", "0"):
        commands.append(("SELECT", database))
    return commands


def read_answers(connection: socket.socket, *, count: int) -> list[Any]:
    reader = hiredis.Reader()
    answers: list[Any] = []
    while len(answers) < count:
        answer = reader.gets()
        if answer is False:
            received = connection.recv(4096)
            if not received:
                raise ConnectionError("Redis closed the connection")
            reader.feed(received)
        elif isinstance(answer, hiredis.HiredisError):
            raise answer
        else:
            answers.append(answer)
    return answers


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
