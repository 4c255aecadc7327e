"""Bodies that come a byte at a time, by the dozen: no thread of a service waits for one, and who signs in gets in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.journeys.conftest import Invite
from tests.journeys.system import System

# More than any service has threads, and than it has for reading bodies.
SLOW_BODIES = 16
EACH_SECONDS = 0.2


@asynccontextmanager
async def bodies_byte_by_byte(port: int, *, path: str, size: int | None) -> AsyncIterator[None]:
    """Send so many bodies of that size, or in chunks where it is None, a byte at a time, for as long as it lasts."""
    length = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{length}\r\n\r\n".encode()
    writers = [(await asyncio.open_connection("127.0.0.1", port))[1] for _ in range(SLOW_BODIES)]

    async def trickle() -> None:
        for writer in writers:
            writer.write(head)
        while True:
            for writer in writers:
                writer.write(b"1\r\n \r\n" if size is None else b" ")
            await asyncio.sleep(EACH_SECONDS)

    trickling = asyncio.create_task(trickle())
    try:
        yield
    finally:
        trickling.cancel()
        for writer in writers:
            writer.close()


@pytest.mark.parametrize("size", [16_000, 900_000, None], ids=["16 kB", "900 kB", "in chunks"])
@pytest.mark.parametrize("path", ["/api/auth/login", "/api/rooms", "/api/files"])
async def test_bodies_byte_by_byte_keep_nobody_from_signing_in(
    invite: Invite, system: System, path: str, size: int | None
) -> None:
    async with bodies_byte_by_byte(int(system.url.rpartition(":")[2]), path=path, size=size):
        phone = await (await invite("alice")).connect()
        await phone.create_room("in spite of them")


@pytest.mark.parametrize("size", [16_000, None], ids=["16 kB", "in chunks"])
@pytest.mark.parametrize("kind", ["user_service", "message_service", "notification_service"])
async def test_nor_do_those_that_come_by_an_inner_port(
    invite: Invite, system: System, kind: str, size: int | None
) -> None:
    path = {"user_service": "/api/auth/login", "message_service": "/internal/append"}.get(kind, "/api/notifications")
    async with bodies_byte_by_byte(port_of(system, kind), path=path, size=size):
        phone = await (await invite("bob")).connect()
        await phone.create_room("in spite of them")


def port_of(system: System, kind: str) -> int:
    listening = [
        connection
        for process in system.running(kind)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    return int(listening[0].laddr.port)
