"""Extends python-engineio's server: strict checks of HTTP requests, and sessions that write directly and time pings."""

import logging
from typing import Any, Protocol

from aiohttp import web
from engineio.async_server import AsyncServer as EngineIOServer
from engineio.exceptions import EngineIOError

from gateway.engine.addresses import Addresses
from gateway.engine.application import Application
from gateway.engine.limits import Limits
from gateway.engine.metrics import HANDSHAKES_REFUSED, SESSIONS_ENDED, SLOW_CONSUMERS
from gateway.engine.outbound import Outbound
from gateway.engine.packets import encode_json
from gateway.engine.payloads import read_payload
from gateway.engine.polling import HttpAnswer
from gateway.engine.session import TOO_MANY_PACKETS, EngineSession
from gateway.engine.websocket import DirectWebSocket, turn_away

UNKNOWN_SESSION = b'{"code":1,"message":"Session ID unknown"}'

quiet = logging.getLogger("engineio")

TRANSPORTS = ("polling", "websocket")


class Layer(Protocol):
    """The layer above the sessions: Socket.IO in the product."""

    @property
    def application(self) -> Application: ...

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        """Handle one message of a client, in the order of sending."""

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        """Called when the session has ended, and nothing reaches its client any more."""


class RequestRefused(Exception):
    """The request is not of this protocol, or not for an open session; the answer is 400."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class EngineServer(EngineIOServer):  # type: ignore[misc]
    """Opens sessions, and passes each request to its session."""

    # Set by the layer above, which makes this server.
    above: Layer

    def __init__(
        self, *, outbound: Outbound, name: str, limits: Limits, addresses: Addresses | None = None, **options: Any
    ) -> None:
        self.name = name
        self.outbound = outbound
        self.limits = limits
        self.addresses = Addresses() if addresses is None else addresses
        super().__init__(
            **options,
            async_mode="aiohttp",
            ping_interval=limits.ping_interval_seconds,
            ping_timeout=limits.ping_timeout_seconds,
            max_http_buffer_size=limits.payload_bytes,
            # For payloads of a few messages, compression costs more processor time than the saved bytes are worth.
            http_compression=False,
            cors_credentials=False,
            # Sessions watch their own pings.
            monitor_clients=False,
            logger=quiet,
        )

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Accept every method, so that a wrong one is answered 400 like any other wrong request."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)

    def generate_id(self) -> str:
        """Begin a session's id with its gateway's, so that other gateways know where to forward its requests."""
        return f"{self.name}.{super().generate_id()}"

    def create_queue(self, *args: Any, **kwargs: Any) -> None:
        """Make no queue: sessions have their own."""
        return

    @property
    def application(self) -> Application:
        return self.above.application

    def backlog(self, connection: Any) -> int:
        return self.application.backlog(connection)

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        self.above.on_message(session, message)

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        # How a client broke the protocol is a text of many forms; every other reason is one of a few words.
        is_breach = session.offence and reason != TOO_MANY_PACKETS
        SESSIONS_ENDED.labels("protocol" if is_breach else reason).inc()
        self.addresses.leave(session.address)
        self.above.on_session_over(session, reason)

    def on_slow_consumer(self) -> None:
        SLOW_CONSUMERS.inc()

    @property
    def unsent_bytes(self) -> int:
        return sum(session.unsent_bytes for session in self.sockets.values())

    def forget(self, session: EngineSession) -> None:
        self.sockets.pop(session.sid, None)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        environ = self._async["translate_request"](request)
        try:
            self._check_origin(environ)
            result = await self._handle(request)
        except RequestRefused as refused:
            # Requests of strangers are counted; their content is never repeated in a log or an answer.
            HANDSHAKES_REFUSED.labels(refused.reason).inc()
            result = self._bad_request(str(refused))
        except EngineIOError as error:
            result = self._bad_request(str(error))
        if isinstance(result, web.StreamResponse):
            return result
        response: web.Response = await self._make_response(result, environ)
        return response

    def _check_origin(self, environ: dict[str, Any]) -> None:
        origin = environ.get("HTTP_ORIGIN")
        if origin and not self.cors_allowed_origins(origin, environ):
            raise RequestRefused("bad-origin", "Not an accepted origin")

    async def _handle(self, request: web.Request) -> HttpAnswer | web.StreamResponse:
        if request.method == "OPTIONS":
            return ok()
        transport, sid = request.query.get("transport"), request.query.get("sid")
        if transport not in TRANSPORTS:
            raise RequestRefused("bad-transport", "Invalid transport")
        is_upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        if request.method == "GET" and is_upgrade != (transport == "websocket"):
            raise RequestRefused("bad-upgrade", "Invalid websocket upgrade")
        if sid is not None:
            return await self._handle_session(request, sid, transport=transport)
        if request.query.get("EIO") != "4":
            raise RequestRefused("bad-version", "Only version 4 of Engine.IO is spoken here")
        if request.method != "GET":
            raise RequestRefused("bad-method", "A session begins with GET")
        return await self._open(request, transport=transport)

    async def _handle_session(
        self, request: web.Request, sid: str, *, transport: str
    ) -> HttpAnswer | web.StreamResponse:
        session: EngineSession | None = self.sockets.get(sid)
        if session is None:
            raise RequestRefused("bad-sid", "Invalid session")
        if not session.connected:
            raise RequestRefused("not-connected", "Not connected")
        if request.method == "GET" and transport == "websocket":
            if session.upgrading or session.upgraded or session.closed:
                HANDSHAKES_REFUSED.labels("unexpected-websocket").inc()
                return await turn_away(request)
            return await DirectWebSocket(session, is_upgrade=True, payload_bytes=self.limits.payload_bytes).serve(
                request
            )
        if session.upgraded:
            raise RequestRefused("unexpected-http", "Unexpected HTTP request")
        if request.method == "GET":
            # A session that is over may still have its last packets to send.
            return await session.poll(request)
        if request.method == "POST" and transport == "polling" and not session.closed:
            await read_payload(session, request, limit_bytes=self.limits.payload_bytes)
            return ok()
        raise RequestRefused("bad-method", "Bad request")

    async def _open(self, request: web.Request, *, transport: str) -> HttpAnswer | web.StreamResponse:
        if not self.application.admits():
            return self._refuse_for_now("full", status="503 SERVICE UNAVAILABLE")
        address = self.addresses.of(request)
        if not self.addresses.enter(address):
            return self._refuse_for_now("address", status="429 TOO MANY REQUESTS")
        session = EngineSession(self, self.generate_id(), address=address)
        self.sockets[session.sid] = session
        handshake = {
            "sid": session.sid,
            "upgrades": ["websocket"] if transport == "polling" else [],
            "pingInterval": round(self.ping_interval * 1000),
            "pingTimeout": round(self.ping_timeout * 1000),
            "maxPayload": self.limits.payload_bytes,
        }
        session.take(b"", ["0" + encode_json(handshake).decode()])
        if transport == "websocket":
            try:
                return await DirectWebSocket(session, is_upgrade=False, payload_bytes=self.limits.payload_bytes).serve(
                    request
                )
            finally:
                # Ends a session that has not begun, because the request was not a valid WebSocket handshake.
                session.end_silently("transport close")
        session.connected = True
        return session.polled()

    def _refuse_for_now(self, reason: str, *, status: str) -> HttpAnswer:
        """Refuse a handshake so that stock clients try again."""
        HANDSHAKES_REFUSED.labels(reason).inc()
        return {
            "status": status,
            "headers": [("Content-Type", "text/plain"), ("Retry-After", "2")],
            "response": b"busy",
        }

    def _bad_request(self, message: str | None = None) -> Any:
        if message is None or not message.startswith("Invalid session"):
            return super()._bad_request(message)
        # The answer of every server of the protocol.
        return {
            "status": "400 BAD REQUEST",
            "headers": [("Content-Type", "application/json")],
            "response": UNKNOWN_SESSION,
        }


def ok() -> HttpAnswer:
    return {"status": "200 OK", "headers": [("Content-Type", "text/plain")], "response": b"ok"}
