"""A minimal application on the engine: it answers each event, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from chatflow.errors import Unauthenticated
from gateway.engine.limits import Limits
from gateway.engine.outbound import Outbound
from gateway.engine.packets import ack_packet, encode_json, event_packet
from gateway.engine.session import EngineSession
from gateway.engine.sockets import SocketServer
from gateway.web.origins import origin_check


class Echo:
    """Admits whoever says `let me in`; `echo` is acked with what was sent, after some work."""

    def __init__(self) -> None:
        self.sessions: list[EngineSession] = []
        self.received: list[Any] = []
        self.over: list[str] = []

    def admits(self) -> bool:
        return True

    async def authenticate(self, session: EngineSession, auth: Any) -> EngineSession:
        await asyncio.sleep(0)
        if auth != {"token": "let me in"}:
            raise Unauthenticated
        return session

    def on_connected(self, connection: EngineSession) -> None:
        self.sessions.append(connection)
        connection.send_packet(event_packet("ready", {"sid": connection.sid}))

    def on_event(self, connection: EngineSession, name: Any, args: list[Any], ack_id: int | None) -> None:
        self.received.append([name, *args])
        if ack_id is not None:
            connection.send_packet(ack_packet(ack_id, encode_json({"echo": [name, *args]}).decode()))

    def on_disconnected(self, connection: EngineSession, reason: str) -> None:
        self.sessions.remove(connection)
        self.over.append(reason)

    def backlog(self, connection: EngineSession) -> int:
        return 0


@asynccontextmanager
async def echo_server(
    *,
    allowed_origins: list[str] | None = None,
    public_origins: list[str] | None = None,
    echo: Echo | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[tuple[str, Echo]]:
    """Serve the engine with an Echo on it; yields its address and the Echo."""
    echo = echo or Echo()
    sockets = SocketServer(
        echo,
        outbound=Outbound(),
        name="g1",
        is_origin_allowed=origin_check(
            allowed_origins=allowed_origins or [], public_origins=public_origins or [], trusted_proxies=0
        ),
        limits=limits,
    )
    app = web.Application()
    sockets.attach(app)
    server = TestServer(app)
    await server.start_server()
    try:
        yield str(server.make_url("/")).rstrip("/"), echo
    finally:
        for session in list(echo.sessions):
            session.end("test over")
        await server.close()
