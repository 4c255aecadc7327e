"""python-socketio's server over sessions: the handshake of `/`, events in order, and everything else refused."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from socketio import AsyncServer
from socketio.packet import CONNECT, Packet
from socketio.packet import DISCONNECT as DISCONNECT_TYPE

from chatflow.errors import ChatFlowError
from gateway.engine.addresses import Addresses
from gateway.engine.application import Application
from gateway.engine.limits import Limits
from gateway.engine.outflow import Outflow
from gateway.engine.packets import (
    DISCONNECT,
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
    """Namespaces, each an application's, and no server-side rooms: who gets what is the application's to say."""

    eio: EngineServer

    def __init__(
        self,
        application: Application,
        *,
        outflow: Outflow,
        name: str,
        is_origin_allowed: OriginCheck,
        addresses: Addresses | None = None,
        limits: Limits | None = None,
        further: Mapping[str, Application] | None = None,
    ) -> None:
        super().__init__(
            always_connect=True,
            logger=quiet,
            cors_allowed_origins=is_origin_allowed,
            outflow=outflow,
            name=name,
            addresses=addresses,
            limits=limits or Limits(),
        )
        # It decides whether sessions are opened, and how much of a client's is read ahead.
        self.application = application
        self._applications = {MAIN: application, **(further or {})}
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
        if session.connection is not None:
            self._on_disconnected(session, MAIN, reason)
        for namespace in list(session.elsewhere):
            self._on_disconnected(session, namespace, reason)

    def disconnect_client(self, session: EngineSession) -> None:
        """Tell the client that it is not welcome any more; a stock client does not come back by itself."""
        session.send_packet(DISCONNECT)
        session.end("server disconnect")

    def _on_event(self, session: EngineSession, ack_id: int | None, data: list[Any]) -> None:
        if session.connection is None:
            raise MalformedPacket("an event before connecting")
        self.application.on_event(session.connection, data[0], data[1:], ack_id)

    def _on_other(self, session: EngineSession, message: str) -> None:
        try:
            packet = Packet(encoded_packet=message)
        except (ValueError, RecursionError, IndexError):
            raise MalformedPacket("not a packet") from None
        namespace = packet.namespace or MAIN
        if packet.packet_type == CONNECT:
            self._on_connect(session, namespace, packet.data)
        elif session.connection is None and not session.elsewhere:
            raise MalformedPacket("a packet before connecting")
        elif message[:1] == "5":
            self._announce_attachments(session, packet)
        elif message[:1] == "2":
            self._on_event_anywhere(session, packet)
        elif packet.packet_type == DISCONNECT_TYPE and namespace in session.connecting:
            session.give_up_connecting(namespace)
        elif packet.packet_type == DISCONNECT_TYPE:
            self._on_disconnected(session, namespace, "client disconnect")
        elif message[:1] != "3":  # an ack of something that asked for none is left aside
            raise MalformedPacket("not for a server")

    def _on_event_anywhere(self, session: EngineSession, packet: Any) -> None:
        """An event of a further namespace, or one with attachments of any."""
        if not isinstance(packet.data, list) or not packet.data:
            raise MalformedPacket("an event is an array")
        namespace = packet.namespace or MAIN
        if namespace == MAIN:
            self._on_event(session, packet.id, packet.data)
        elif namespace in session.elsewhere:
            connection = session.elsewhere[namespace]
            self._applications[namespace].on_event(connection, packet.data[0], packet.data[1:], packet.id)
        # Else of a namespace that the client is not in, or not any more.

    def _on_connect(self, session: EngineSession, namespace: str, auth: Any) -> None:
        is_in = session.connection is not None if namespace == MAIN else namespace in session.elsewhere
        if namespace not in self._applications:
            session.send_packet(unknown_namespace_packet(namespace))
        elif is_in or namespace in session.connecting:
            raise MalformedPacket("connecting twice")
        else:
            session.connecting[namespace] = asyncio.create_task(self._connect(session, namespace, auth))

    async def _connect(self, session: EngineSession, namespace: str, auth: Any) -> None:
        application = self._applications[namespace]
        try:
            connection = await application.authenticate(session, auth)
            session.on_connection(connection, namespace=namespace)
            session.send_packet(connect_packet(self.eio.generate_id(), namespace=namespace))
            application.on_connected(connection)
        except ChatFlowError as error:
            if error.kind.retryable and error.code != "token_expired":
                # A stock client tries again when its transport closes, but gives up at a connect_error.
                session.end("not now")
            else:
                session.send_packet(connect_error_packet(error.body, namespace=namespace))
        except Exception:
            log.exception("a client could not be let in")
            session.end("not now")
        finally:
            # A client that gave up may be trying anew.
            if session.connecting.get(namespace) is asyncio.current_task():
                del session.connecting[namespace]

    def _on_disconnected(self, session: EngineSession, namespace: str, reason: str) -> None:
        connection = session.forget_connection(namespace)
        if connection is None:
            return
        try:
            self._applications[namespace].on_disconnected(connection, reason)
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
            self._on_event_anywhere(session, packet)
