"""python-engineio's server, with sessions that write directly and timers that read no wall clock."""

import logging
from typing import TYPE_CHECKING, Any

from engineio.async_server import AsyncServer as EngineIOServer

from gateway.engine.limits import MAX_PAYLOAD_BYTES, PING_INTERVAL_SECONDS, PING_TIMEOUT_SECONDS
from gateway.engine.outflow import Outflow
from gateway.engine.packets import encode_json
from gateway.engine.session import EngineSession
from gateway.metrics import HANDSHAKES_REFUSED, SLOW_CONSUMERS

if TYPE_CHECKING:
    from gateway.engine.sockets import SocketServer

UNKNOWN_SESSION = b'{"code":1,"message":"Session ID unknown"}'

quiet = logging.getLogger("engineio")


class EngineServer(EngineIOServer):  # type: ignore[misc]
    """Opens sessions; what they carry is for the Socket.IO server above."""

    def __init__(self, *, outflow: Outflow, name: str, **options: Any) -> None:
        # Set by the Socket.IO server that makes this one.
        self.above: SocketServer
        self.name = name
        self.outflow = outflow
        super().__init__(
            **options,
            async_mode="aiohttp",
            ping_interval=PING_INTERVAL_SECONDS,
            ping_timeout=PING_TIMEOUT_SECONDS,
            max_http_buffer_size=MAX_PAYLOAD_BYTES,
            # It costs more processor time than the bytes are worth in a payload of a few messages.
            http_compression=False,
            cors_credentials=False,
            # Sessions watch their own pings.
            monitor_clients=False,
            logger=quiet,
        )

    def generate_id(self) -> str:
        """Name sessions after their gateway, so that another one knows where to forward a stray request."""
        return f"{self.name}.{super().generate_id()}"

    def create_queue(self, *args: Any, **kwargs: Any) -> None:
        """Sessions queue by themselves."""
        return

    @property
    def application(self) -> Any:
        return self.above.application

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        self.above.on_message(session, message)

    def on_encoded_binary(self, session: EngineSession, packet: str) -> None:
        self.above.on_encoded_binary(session, packet)

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        self.above.on_session_over(session, reason)

    def on_slow_consumer(self) -> None:
        SLOW_CONSUMERS.inc()

    def forget(self, session: EngineSession) -> None:
        self.sockets.pop(session.sid, None)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if not self.application.admits():
            HANDSHAKES_REFUSED.labels("full").inc()
            return {
                "status": "503 SERVICE UNAVAILABLE",
                "headers": [("Content-Type", "text/plain"), ("Retry-After", "2")],
                "response": b"busy",
            }
        session = EngineSession(self, self.generate_id())
        self.sockets[session.sid] = session
        handshake = {
            "sid": session.sid,
            "upgrades": ["websocket"] if transport == "polling" else [],
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": MAX_PAYLOAD_BYTES,
        }
        session.take(b"", ["0" + encode_json(handshake).decode()])
        if transport == "websocket":
            return await session.handle_get_request(environ)
        session.connected = True
        return session.polled()

    def _get_socket(self, sid: str) -> EngineSession:
        # A session that is over still has its last words to say.
        session: EngineSession = self.sockets[sid]
        return session

    def _bad_request(self, message: str | None = None) -> Any:
        if message is None or not message.startswith("Invalid session"):
            return super()._bad_request(message)
        # As every server of the protocol says it.
        return {
            "status": "400 BAD REQUEST",
            "headers": [("Content-Type", "application/json")],
            "response": UNKNOWN_SESSION,
        }

    def _log_error_once(self, message: str, message_key: str) -> None:
        # What strangers send is counted, not quoted.
        HANDSHAKES_REFUSED.labels(message_key).inc()
