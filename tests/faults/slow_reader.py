"""A client that says hello, keeps its TCP connection open, and reads nothing more."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec

# The smallest that the kernel allows: what the server sends piles up on its side.
RECEIVE_BYTES = 2304


@asynccontextmanager
async def open_slow_reader(url: str, *, token: str) -> AsyncIterator[None]:
    """Sign in over a WebSocket and read nothing for as long as the context lasts."""
    parts = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(connection, (parts.hostname or "", parts.port or 80))
        await loop.sock_sendall(connection, greeting(parts.netloc))
        await loop.sock_recv(connection, RECEIVE_BYTES)
        await loop.sock_sendall(connection, frame(b"40" + msgspec.json.encode({"token": token})))
        yield
    finally:
        connection.close()


def greeting(host: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def frame(payload: bytes) -> bytes:
    """Return a text frame; a mask of zeros is a mask, too."""
    return b"\x81\xfe" + struct.pack(">H", len(payload)) + b"\0\0\0\0" + payload
