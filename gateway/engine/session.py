"""One Engine.IO session: a client, its current transport, and one ordered way to send to it."""

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog
from aiohttp import web
from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError

from chatflow.protocol.told import SessionEnding
from gateway.engine.frames import text_frame
from gateway.engine.limits import BACKLOG_EVENTS, LAST_POLL_SECONDS, POLL_PACKETS, UNSENT_BYTES
from gateway.engine.packets import CLOSE, NOOP, PING, event_packet
from gateway.engine.polling import HttpAnswer, answer, decode_binary, watch_for_loss
from gateway.engine.session_server import SessionServer
from gateway.engine.slices import PacketBudget, SlicedReader
from gateway.engine.websocket import NORMAL, PROTOCOL_ERROR, DirectWebSocket, hang_up

log = structlog.get_logger(__name__)

TOO_MANY_PACKETS = "too many packets"


class EngineSession(AsyncSocket):  # type: ignore[misc]
    """Uses polling until a websocket takes over; from then on every packet goes straight to the transport."""

    def __init__(self, server: "SessionServer[EngineSession]", sid: str, *, address: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.closing: bool
        self.closed: bool
        self.connection: Any = None
        self.connecting: asyncio.Task[None] | None = None
        # A binary event whose attachments are still to come; our protocol has none, but clients may send them.
        self.binary: Any = None
        self._loop = asyncio.get_running_loop()
        self.offence = ""  # how the client broke the protocol
        # The websocket that is probing whether it may replace polling.
        self.candidate: DirectWebSocket | None = None
        self._transport: asyncio.Transport | None = None
        self._protocol: Any = None
        self._source: SlicedReader | None = None
        self._budget = PacketBudget(server.limits.packets_per_second)
        self._queue: list[str] = []
        self._queued_bytes = 0
        self._poller: asyncio.Future[None] | None = None
        # The timeout of a payload that is not fully handled and answered yet.
        self.posting: asyncio.Timeout | None = None
        self._drained: asyncio.Future[None] | None = None
        self._heart = self._loop.call_later(server.ping_interval, self._ping)
        self._timeout = self._wait_for_connect()

    # Out

    @property
    def sessions(self) -> Iterable["EngineSession"]:
        """Return itself: a session is an audience of one."""
        return (self,)

    def send_packet(self, packet: str) -> None:
        """Send one Engine.IO packet, after everything sent before."""
        self.server.outbound.send(self, packet)

    @property
    def unsent_bytes(self) -> int:
        return self._queued_bytes if self._transport is None else self._transport.get_write_buffer_size()

    def take(self, frames: bytes, packets: list[str]) -> None:
        transport = self._transport
        if transport is not None:
            if self._protocol._paused and transport.get_write_buffer_size() > UNSENT_BYTES:
                self._give_up_on_slow_reader()
            else:
                transport.write(frames)
        elif not self.closing:
            self._queue += packets
            self._queued_bytes += len(frames)
            if self._queued_bytes > UNSENT_BYTES:
                self._give_up_on_slow_reader()
            elif self._poller is not None and not self._poller.done():
                self._poller.set_result(None)

    def _give_up_on_slow_reader(self) -> None:
        if self.closing:
            return
        # Called while an audience is being written to, which must not change meanwhile: so the session ends later.
        packet = event_packet("session:ending", SessionEnding("slow_consumer"))
        if self._transport is not None:
            self._transport.write(text_frame(packet))
        self._queue = [packet]
        self._queued_bytes = 0
        self.server.on_slow_consumer()
        self._loop.call_soon(self.end, "slow consumer")
        self.closing = True

    def on_answered(self) -> None:
        """Resume reading if it was paused for the client's backlog and that has shrunk enough."""
        if self._drained is not None and self._backlog() <= BACKLOG_EVENTS // 2:
            self._drained.set_result(None)
            self._drained = None
            if self._source is not None and self._transport is not None:
                self._source.read_on()

    async def until_answered(self) -> None:
        """Wait while reading is paused for the client's backlog."""
        if self._drained is not None:
            await asyncio.shield(self._drained)

    def _backlog(self) -> int:
        return 0 if self.connection is None else int(self.server.backlog(self.connection))

    # In

    def receive_packet(self, packet: str | bytes) -> None:
        """Handle one Engine.IO packet; its event is queued within this call, which keeps the order."""
        if self.closed or self.closing or not self.count_packet():
            return
        kind = packet[:1]
        if kind == "4" or isinstance(packet, bytes):
            self.server.on_message(self, packet[1:] if isinstance(packet, str) else packet)
            if self._drained is None and self._backlog() > BACKLOG_EVENTS:
                self._drained = self._loop.create_future()
                if self._source is not None:
                    self._source.pause()
        elif kind == "3":
            self._on_pong()
        elif kind == "1":
            self._on_close()
        elif kind == "b" and isinstance(packet, str):
            try:
                self.server.on_message(self, decode_binary(packet[1:]))
            except EngineIOError as error:
                self.break_off(str(error))
        else:
            self.break_off("unknown packet")

    def count_packet(self) -> bool:
        """Count a packet of any kind; one too many ends the session, and the result is false."""
        if self._budget.take():
            return True
        if not self.closed:
            log.warning("a client sent too many packets", session=self.sid, address=self.address)
            self.break_off(TOO_MANY_PACKETS)
        return False

    def _on_close(self) -> None:
        self.server.outbound.flush()
        # A poll sent at the same time may arrive after this; it is answered like one that waits.
        self._queue = [NOOP] if self._transport is None and self._poller is None else []
        self.end("client disconnect")

    def _ping(self) -> None:
        self.send_packet(PING)
        self._heart = self._loop.call_later(self.server.ping_timeout, self.end_silently, "ping timeout")

    def _on_pong(self) -> None:
        self._heart.cancel()
        self._heart = self._loop.call_later(self.server.ping_interval, self._ping)

    # The handshake of the layer above

    def on_connection(self, connection: Any) -> None:
        self.connection = connection
        self._budget.open()
        self._timeout.cancel()

    def forget_connection(self) -> Any:
        """Return the connection that the client left, or None. The client may connect again within the timeout."""
        connection, self.connection = self.connection, None
        if not self.closed:
            self._timeout.cancel()
            self._timeout = self._wait_for_connect()
        # Its open events get no answer any more, so the backlog is empty.
        self.on_answered()
        return connection

    def _wait_for_connect(self) -> asyncio.TimerHandle:
        return self._loop.call_later(self.server.limits.connect_seconds, self.end_silently, "no connect")

    # Polling

    async def poll(self, request: web.Request) -> HttpAnswer:
        if not self.count_packet():
            raise EngineIOError(TOO_MANY_PACKETS)
        if self.upgrading:
            return answer(NOOP)
        if self._poller is not None:
            self.break_off("two polls at once")
            raise EngineIOError("two polls at once")
        if not self._queue and not self.closed:
            self._poller = self._loop.create_future()
            watch_for_loss(request, self._on_poll_lost)
            try:
                await self._poller
            finally:
                self._poller = None
        return self.polled()

    def polled(self) -> HttpAnswer:
        """Answer a poll with the waiting packets, at most as many as every stock client accepts."""
        packets, self._queue = self._queue[:POLL_PACKETS], self._queue[POLL_PACKETS:]
        self._queued_bytes = sum(map(len, self._queue))
        if self.closed and not self._queue:
            self.server.forget(self)
        return answer(*packets or [NOOP])

    def _on_poll_lost(self) -> None:
        # The packets in the answer are lost, so the client must begin anew. In an upgrade it was answered before.
        if not self.upgrading and not self.upgraded:
            self.end_silently("transport close")

    # WebSocket

    def on_probe(self, websocket: DirectWebSocket) -> None:
        """Answer a websocket that asks to replace polling: end the waiting poll, and keep later packets back."""
        self.upgrading = True
        self.candidate = websocket
        websocket.write(text_frame("3probe"))
        self._wake_poller()

    def on_candidate_lost(self, websocket: DirectWebSocket) -> None:
        """Go on polling, unless another websocket is probing now."""
        if websocket is self.candidate:
            self.upgrading = False
            self.candidate = None

    def go_direct(self, websocket: DirectWebSocket) -> None:
        """Make this websocket the only way to the client, and send it the waiting packets first."""
        self.server.outbound.flush()
        self.connected = self.upgraded = True
        self.upgrading = False
        self.candidate = None
        self._transport = websocket.transport
        self._protocol = websocket.protocol
        self._source = websocket.source
        packets, self._queue, self._queued_bytes = self._queue, [], 0
        if packets:
            self._transport.write(b"".join(map(text_frame, packets)))
        self._wake_poller()

    # The end

    def break_off(self, reason: str) -> None:
        """End the session of a client that breaks the protocol, and tell it so.

        After any other end, a poll is not told: stock Python clients do not reconnect after being told.
        """
        if self.closed:
            return
        self.server.outbound.flush()
        self.offence = reason
        if self._poller is not None:
            self._queue.append(CLOSE)
        else:
            self._queue.clear()
        self.end(reason)

    def end_silently(self, reason: str) -> None:
        """End the session without sending the waiting packets, because the client has gone or missed some."""
        self._queue.clear()
        self.end(reason)

    def end(self, reason: str) -> None:
        """End the session: packets sent before still leave, and nothing more is read. A second call changes nothing."""
        if self.closed:
            return
        self.server.outbound.flush()
        self.closed = self.closing = True
        self._heart.cancel()
        self._timeout.cancel()
        if self.connecting is not None:
            self.connecting.cancel()
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None
        self.server.on_session_over(self, reason)
        if self._transport is not None:
            hang_up(self._transport, code=PROTOCOL_ERROR if self.offence else NORMAL, reason=self.offence)
            self._transport = self._source = None
        if self.candidate is not None:
            self.candidate.close_quietly()
        self._wake_poller()
        if self._queue and self._transport is None:
            # The last packets wait for one more poll.
            self._loop.call_later(LAST_POLL_SECONDS, self.server.forget, self)
        else:
            self.server.forget(self)

    def _wake_poller(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
