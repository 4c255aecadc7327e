"""python-socketio's server over sessions: the handshake of `/`, events in order, and everything else refused."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from socketio import AsyncServer
from socketio.packet import ACK, BINARY_EVENT, CONNECT, EVENT, Packet
from socketio.packet import DISCONNECT as DISCONNECT_TYPE

from chatflow.errors import ChatFlowError
from gateway.engine.addresses import Addresses
from gateway.engine.application import Application
from gateway.engine.limits import Limits
from gateway.engine.outbound import Outbound
from gateway.engine.packets import (
    MalformedPacket,
    connect_error_packet,
    connect_packet,
    read_event,
    unknown_namespace_packet,
)
from gateway.engine.server import EngineServer, quiet
from gateway.engine.session import EngineSession

log = structlog.get_logger(__name__)

OriginCheck = Callable[[str | None, dict[str, Any]], bool]


MAIN = "/"


class SocketServer(AsyncServer):  # type: ignore[misc]
    """The one namespace, which is the application's, and no server-side rooms: who gets what is its to say."""

    eio: EngineServer

    def __init__(
        self,
        application: Application,
        *,
        outbound: Outbound,
        name: str,
        is_origin_allowed: OriginCheck,
        addresses: Addresses | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(
            always_connect=True,
            logger=quiet,
            cors_allowed_origins=is_origin_allowed,
            outbound=outbound,
            name=name,
            addresses=addresses,
            limits=limits or Limits(),
        )
        # It decides whether sessions are opened, and how much of a client's is read ahead.
        self.application = application
        self.eio.above = self

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        """Read one Socket.IO packet of a session; what is none ends it."""
        try:
            if isinstance(message, bytes):
                self._on_attachment(session, message)
            elif session.binary is not None:
                raise MalformedPacket("attachments were announced")
            elif message[:1] == "2" and message[1:2] != "/":
                self._on_event(session, *read_event(message))
            else:
                self._on_other(session, message)
        except MalformedPacket as error:
            session.break_off(str(error))

    def on_session_over(self, session: EngineSession, reason: str) -> None:
        self._on_disconnected(session, reason)

    def _on_event(self, session: EngineSession, ack_id: int | None, data: list[Any]) -> None:
        if session.connection is None:
            raise MalformedPacket("an event before connecting")
        self.application.on_event(session.connection, data[0], data[1:], ack_id)

    def _on_other(self, session: EngineSession, message: str) -> None:
        try:
            packet = Packet(encoded_packet=message)
        except (ValueError, RecursionError, IndexError):
            raise MalformedPacket("not a packet") from None
        self.on_packet(session, packet)

    def on_packet(self, session: EngineSession, packet: Any) -> None:
        is_elsewhere = packet.namespace not in (None, MAIN)
        kind = packet.packet_type
        if kind == CONNECT and is_elsewhere:
            session.send_packet(unknown_namespace_packet(packet.namespace))
        elif kind == CONNECT:
            self._on_connect(session, packet.data)
        elif session.connection is None:
            raise MalformedPacket("a packet before connecting")
        elif kind == BINARY_EVENT:
            self._announce_attachments(session, packet)
        elif kind == EVENT:
            self.on_whole_event(session, packet)
        elif kind == DISCONNECT_TYPE and not is_elsewhere:
            self._on_disconnected(session, "client disconnect")
        elif kind not in (DISCONNECT_TYPE, ACK):
            # An ack of something that asked for none is left aside, and the end of what never began.
            raise MalformedPacket("not for a server")

    def on_whole_event(self, session: EngineSession, packet: Any) -> None:
        """An event of another namespace, which is left aside, or one that had attachments."""
        if not isinstance(packet.data, list) or not packet.data:
            raise MalformedPacket("an event is an array")
        if packet.namespace in (None, MAIN):
            self._on_event(session, packet.id, packet.data)

    def _on_connect(self, session: EngineSession, auth: Any) -> None:
        if session.connection is not None or session.connecting is not None:
            raise MalformedPacket("connecting twice")
        session.connecting = asyncio.create_task(self._connect(session, auth))

    async def _connect(self, session: EngineSession, auth: Any) -> None:
        try:
            connection = await self.application.authenticate(session, auth)
            session.on_connection(connection)
            session.send_packet(connect_packet(self.eio.generate_id()))
            self.application.on_connected(connection)
        except ChatFlowError as error:
            if error.kind.retryable and error.code != "token_expired":
                # A stock client tries again when its transport closes, but gives up at a connect_error.
                session.end("not now")
            else:
                session.send_packet(connect_error_packet(error.body))
        except Exception:
            log.exception("a client could not be let in")
            session.end("not now")
        finally:
            session.connecting = None

    def _on_disconnected(self, session: EngineSession, reason: str) -> None:
        connection = session.forget_connection()
        if connection is None:
            return
        try:
            self.application.on_disconnected(connection, reason)
        except Exception:
            # Whatever the application has still to do with it, the transport is to be closed.
            log.exception("the end of a connection could not be handled")

    def _announce_attachments(self, session: EngineSession, packet: Any) -> None:
        if not 0 < packet.attachment_count <= 10:
            raise MalformedPacket("an odd number of attachments")
        session.binary = packet

    def _on_attachment(self, session: EngineSession, attachment: bytes) -> None:
        if session.binary is None:
            raise MalformedPacket("binary that nobody announced")
        packet = session.binary
        try:
            is_complete = packet.add_attachment(attachment)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise MalformedPacket("placeholders that fit nothing") from None
        if is_complete:
            session.binary = None
            self.on_whole_event(session, packet)
