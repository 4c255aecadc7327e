"""A thousand connections to the real product that say nothing, or half a request, keep nobody from signing in."""

import asyncio
import resource
import time
from contextlib import AsyncExitStack

import psutil

from tests.journeys.conftest import Invite
from tests.journeys.system import System
from tests.security.stranger import Stranger

SILENT_SOCKETS = 1000
WITHIN_SECONDS = 5.0
WORDS = (
    b"",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
    b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
)


async def silent_socket(stranger: Stranger, words: bytes) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection(*stranger.host.split(":"))
    writer.write(words)
    return writer


async def test_a_thousand_silent_sockets_stop_nobody_from_signing_in(
    invite: Invite, system: System, stranger: Stranger
) -> None:
    # Each socket is an open file of this process too.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    async with AsyncExitStack() as stack:
        for number in range(SILENT_SOCKETS):
            stack.callback((await silent_socket(stranger, WORDS[number % len(WORDS)])).close)
        begun = time.monotonic()
        phone = await (await invite("alice")).connect()
        await phone.create_room("in spite of them")
        assert time.monotonic() - begun < WITHIN_SECONDS


async def test_the_gateway_may_have_as_many_sockets_as_the_system_allows(system: System) -> None:
    for gateway in system.running("gateway"):
        soft, hard = gateway.rlimit(psutil.RLIMIT_NOFILE)
        assert soft == hard
