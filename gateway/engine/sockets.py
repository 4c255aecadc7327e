"""Extends python-socketio's server: it accepts connections to `/`, passes events on in order, and refuses the rest."""

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
    """Serves one namespace, and has no server-side rooms: the application decides who gets what."""

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
        # The application decides whether sessions are opened, and its backlog how far clients are read ahead.
        self.application = application
        self.eio.above = self

    def _engineio_server_class(self) -> type[EngineServer]:
        return EngineServer

    def on_message(self, session: EngineSession, message: str | bytes) -> None:
        """Read one Socket.IO packet of a session; anything else ends the session."""
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
            # Ignored: acks, because no packet of ours asks for one, and the end of another namespace.
            raise MalformedPacket("not for a server")

    def on_whole_event(self, session: EngineSession, packet: Any) -> None:
        """Handle an event that had attachments; an event of another namespace is ignored."""
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
            # Whatever the application failed to do, the transport must still be closed.
            log.exception("the end of a connection could not be handled")

    def _announce_attachments(self, session: EngineSession, packet: Any) -> None:
        if not 0 < packet.attachment_count <= 10:
            raise MalformedPacket("not 1 to 10 attachments")
        session.binary = packet

    def _on_attachment(self, session: EngineSession, attachment: bytes) -> None:
        if session.binary is None:
            raise MalformedPacket("an attachment that was not announced")
        packet = session.binary
        try:
            is_complete = packet.add_attachment(attachment)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise MalformedPacket("placeholders without their attachments") from None
        if is_complete:
            session.binary = None
            self.on_whole_event(session, packet)
