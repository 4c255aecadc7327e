"""`python -m tests.gateway.conformance_server PORT`: what the official protocol test-suites expect, on our engine."""

import argparse
import asyncio
import base64
from typing import Any

from aiohttp import web
from socketio.packet import ACK, BINARY_EVENT, CONNECT, DISCONNECT, EVENT, Packet

from gateway.engine.frames import frame
from gateway.engine.limits import Limits
from gateway.engine.outbound import Outbound
from gateway.engine.packets import MalformedPacket
from gateway.engine.server import EngineServer
from gateway.engine.session import EngineSession
from gateway.engine.sockets import SocketServer

HELP = """
The suites are docs/socket.io-protocol/v5-test-suite and docs/engine.io-protocol/v4-test-suite in the repository of
socket.io. Both look for http://localhost:3000 and for pings of 300/200 ms, so that they pass unchanged against

    python -m tests.gateway.conformance_server 3000

by `npm ci && npm test` in their folders; for other times change PING_INTERVAL and PING_TIMEOUT in test-suite.js, too.
/socket.io/ has the namespaces / and /custom, /engine.io/ sends every message back.
"""

SERVERS = web.AppKey("SERVERS", list[EngineServer])

CUSTOM = "/custom"
# The first byte of a binary frame.
BINARY = 0x82

# By default what the suites expect.
PING_INTERVAL_MS = 300
PING_TIMEOUT_MS = 200
PAYLOAD_BYTES = 1_000_000
# The suite waits 2 s for sessions without a CONNECT to be closed, and needs three pings of others before.
CONNECT_MS = 1_750
# Bare Engine.IO has no CONNECT to wait for.
NEVER_SECONDS = 24 * 3600.0


class Conversation:
    """One namespace: tells a client what it authenticated with, and sends back what it says."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def admits(self) -> bool:
        return True

    async def authenticate(self, session: EngineSession, auth: Any) -> tuple[EngineSession, Any]:
        return session, auth or {}

    def on_connected(self, connection: tuple[EngineSession, Any]) -> None:
        session, auth = connection
        self._send(session, EVENT, ["auth", auth])

    def on_event(self, connection: tuple[EngineSession, Any], name: Any, args: list[Any], ack_id: int | None) -> None:
        session, _ = connection
        if name == "message":
            self._send(session, EVENT, ["message-back", *args])
        elif name == "message-with-ack":
            self._send(session, ACK, args, ack_id)

    def on_disconnected(self, connection: tuple[EngineSession, Any], reason: str) -> None:
        return

    def backlog(self, connection: tuple[EngineSession, Any]) -> int:
        return 0

    def _send(self, session: EngineSession, kind: int, data: list[Any], ack_id: int | None = None) -> None:
        encoded = Packet(kind, data=data, namespace=self._namespace, id=ack_id).encode()
        text, *attachments = encoded if isinstance(encoded, list) else [encoded]
        session.send_packet("4" + text)
        for attachment in attachments:
            send_binary(session, attachment)


class TwoNamespaces(SocketServer):
    """Serves /custom as well, which the suite asks for and the product has not."""

    def __init__(self, *, custom: Conversation, **options: Any) -> None:
        super().__init__(**options)
        self._custom = custom
        self._entering: dict[EngineSession, asyncio.Task[None]] = {}
        self._inside: dict[EngineSession, tuple[EngineSession, Any]] = {}

    def on_packet(self, session: EngineSession, packet: Any) -> None:
        if packet.namespace != CUSTOM or (session.connection is None and packet.packet_type == DISCONNECT):
            super().on_packet(session, packet)
        elif packet.packet_type == CONNECT:
            if session in self._entering or session in self._inside:
                raise MalformedPacket("connecting twice")
            self._entering[session] = asyncio.create_task(self._enter(session, packet.data))
        elif packet.packet_type == DISCONNECT:
            self._inside.pop(session, None)
        elif packet.packet_type == BINARY_EVENT and session in self._inside:
            session.binary = packet
        elif packet.packet_type == EVENT and session in self._inside:
            self.on_whole_event(session, packet)
        else:
            super().on_packet(session, packet)

    def on_whole_event(self, session: EngineSession, packet: Any) -> None:
        super().on_whole_event(session, packet)
        if packet.namespace == CUSTOM and session in self._inside:
            self._custom.on_event(self._inside[session], packet.data[0], packet.data[1:], packet.id)

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        super().on_session_over(session, reason)
        self._inside.pop(session, None)
        if session in self._entering:
            self._entering.pop(session).cancel()

    async def _enter(self, session: EngineSession, auth: Any) -> None:
        self._inside[session] = await self._custom.authenticate(session, auth)
        del self._entering[session]
        session.send_packet(f'40{CUSTOM},{{"sid":"{self.eio.generate_id()}"}}')
        self._custom.on_connected(self._inside[session])


class BinaryOutbound(Outbound):
    """Sends binary packets, too, which the product never does; in the same order."""

    def send_binary(self, session: EngineSession, payload: bytes) -> None:
        if not self._bundles:
            self._loop.call_soon(self.flush)
        encoded = "b" + base64.b64encode(payload).decode()
        self._bundles.append((session, [frame(BINARY, payload)], [encoded]))


def send_binary(session: EngineSession, payload: bytes) -> None:
    session.server.outbound.send_binary(session, payload)


class Parrot:
    """Engine.IO alone: every message is sent back, text as text and binary as binary."""

    def __init__(self) -> None:
        self.application = Conversation("/")

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        if isinstance(message, bytes):
            send_binary(session, message)
        else:
            session.send_packet("4" + message)

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        return


def conformance_app(*, ping_interval_ms: int, ping_timeout_ms: int, connect_ms: int = CONNECT_MS) -> web.Application:
    """Both protocols, under the paths that their suites use. To be called in the loop that serves it."""

    def limits(connect_seconds: float) -> Limits:
        return Limits(
            ping_interval_seconds=ping_interval_ms / 1000,
            ping_timeout_seconds=ping_timeout_ms / 1000,
            payload_bytes=PAYLOAD_BYTES,
            connect_seconds=connect_seconds,
        )

    app = web.Application()
    sockets = TwoNamespaces(
        custom=Conversation(CUSTOM),
        application=Conversation("/"),
        outbound=BinaryOutbound(),
        name="c1",
        is_origin_allowed=lambda origin, environ: True,
        limits=limits(connect_ms / 1000),
    )
    sockets.attach(app)
    engine = EngineServer(
        outbound=BinaryOutbound(),
        name="c1",
        limits=limits(NEVER_SECONDS),
        cors_allowed_origins=lambda origin, environ: True,
    )
    engine.above = Parrot()
    engine.attach(app)
    app[SERVERS] = [sockets.eio, engine]
    return app


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.gateway.conformance_server",
        description=__doc__,
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("port", metavar="PORT", type=int)
    parser.add_argument("--ping-interval", metavar="MS", type=int, default=PING_INTERVAL_MS)
    parser.add_argument("--ping-timeout", metavar="MS", type=int, default=PING_TIMEOUT_MS)
    parser.add_argument("--connect-timeout", metavar="MS", type=int, default=CONNECT_MS)
    chosen = parser.parse_args()

    async def app() -> web.Application:
        return conformance_app(
            ping_interval_ms=chosen.ping_interval,
            ping_timeout_ms=chosen.ping_timeout,
            connect_ms=chosen.connect_timeout,
        )

    # The suites look for `localhost`, which may be either family.
    web.run_app(app(), host="localhost", port=chosen.port, access_log=None)


if __name__ == "__main__":
    main()
