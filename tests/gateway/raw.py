"""Clients that speak the protocols by hand, so that a test can break them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from gateway.engine.packets import decode_json
from gateway.engine.server import EngineServer
from gateway.engine.session import EngineSession
from gateway.web.listeners import listen
from tests.chatflow.conditions import until
from tests.gateway.conformance_server import SERVERS, conformance_app

ENGINE = "/engine.io/"
SOCKET = "/socket.io/"
# No test waits longer for what has to come: less than a candidate for an upgrade is given.
WITHIN_SECONDS = 5.0

CONTENT = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.PONG)

# Long enough to be out of the way.
QUIET_MS = 60_000


class Raw:
    """An address, and a session of HTTP connections to it."""

    def __init__(self, url: str, http: aiohttp.ClientSession, servers: list[EngineServer]) -> None:
        self.url = url
        self.http = http
        self._servers = servers

    def session(self, sid: str) -> EngineSession | None:
        """The server's side of a session, while there is one."""
        return next((server.sockets[sid] for server in self._servers if sid in server.sockets), None)

    @property
    def sessions(self) -> int:
        return sum(len(server.sockets) for server in self._servers)

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        async with self.http.request(
            method, self.url + path, timeout=aiohttp.ClientTimeout(total=WITHIN_SECONDS), **options
        ) as response:
            return response.status, await response.text()

    async def open_polling(self, path: str = ENGINE) -> "Polling":
        status, text = await self.ask("GET", f"{path}?EIO=4&transport=polling")
        assert (status, text[0]) == (200, "0")
        return Polling(self, path, decode_json(text[1:]))

    @asynccontextmanager
    async def websocket(self, path: str = ENGINE, *, sid: str = "") -> AsyncIterator["WebSocket"]:
        """A websocket as it is after the upgrade, with nothing read from it."""
        address = f"{self.url}{path}?EIO=4&transport=websocket" + (f"&sid={sid}" if sid else "")
        async with self.http.ws_connect(address, autoping=False) as ws:
            yield WebSocket(ws)

    @asynccontextmanager
    async def opened(self, path: str = ENGINE) -> AsyncIterator["WebSocket"]:
        """A websocket that has seen the OPEN packet."""
        async with self.websocket(path) as ws:
            assert (await ws.get()).startswith("0{")
            yield ws


class Polling:
    """A session by long polling."""

    def __init__(self, raw: Raw, path: str, handshake: dict[str, Any]) -> None:
        self.handshake = handshake
        self.sid: str = handshake["sid"]
        self.path = f"{path}?EIO=4&transport=polling&sid={self.sid}"
        self._raw = raw

    @property
    def is_open(self) -> bool:
        return self._raw.session(self.sid) is not None

    @property
    def is_paused(self) -> bool:
        """Tell whether a payload of it was read and is not answered, for too much is unanswered already."""
        session = self._raw.session(self.sid)
        return session is not None and session._drained is not None

    async def poll(self) -> tuple[int, str]:
        return await self._raw.ask("GET", self.path)

    async def begin_poll(self) -> asyncio.Task[tuple[int, str]]:
        """Poll, and return when the server has nothing to answer yet."""
        task = asyncio.create_task(self.poll())
        session = self._raw.session(self.sid)
        assert session is not None
        await until(lambda: session._poller is not None)
        return task

    async def post(self, payload: str | bytes) -> tuple[int, str]:
        return await self._raw.ask("POST", self.path, data=payload)

    @asynccontextmanager
    async def begun_payload(self, begin: bytes) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Post a payload of which only this has come, and wait until the server reads it."""
        session, address = self._raw.session(self.sid), urlsplit(self._raw.url)
        assert session is not None
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n".encode() + begin)
        await until(lambda: session.posting is not None)
        try:
            yield reader, writer
        finally:
            writer.close()


class WebSocket:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws
        # What came while it was waited for the end.
        self.seen: list[Any] = []
        self.reason = ""

    async def put(self, *packets: str) -> None:
        """Send some packets, which the server, being in the same loop, reads in one go."""
        for packet in packets:
            await self._ws.send_str(packet)

    async def ping(self) -> None:
        await self._ws.ping(b"still there?")

    async def put_binary(self, packet: bytes) -> None:
        await self._ws.send_bytes(packet)

    async def get(self) -> Any:
        return (await self._ws.receive(timeout=WITHIN_SECONDS)).data

    async def until_closed(self) -> int | None:
        """Wait for the end, whatever comes before; returns its code."""
        async with asyncio.timeout(WITHIN_SECONDS):
            while (message := await self._ws.receive()).type in CONTENT:
                self.seen.append(message.data)
        self.reason = message.extra or ""
        return self._ws.close_code


@asynccontextmanager
async def serve_conformance(
    *, ping_interval_ms: int = QUIET_MS, ping_timeout_ms: int = QUIET_MS, connect_ms: int = QUIET_MS
) -> AsyncIterator[Raw]:
    """Serve the conformance server's application; yields who can talk to it."""
    app = conformance_app(ping_interval_ms=ping_interval_ms, ping_timeout_ms=ping_timeout_ms, connect_ms=connect_ms)
    runner, port = await listen(app, host="127.0.0.1", port=0)
    try:
        async with aiohttp.ClientSession() as http:
            yield Raw(f"http://127.0.0.1:{port}", http, app[SERVERS])
    finally:
        await runner.cleanup()
