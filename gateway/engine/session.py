"""One Engine.IO session: a client, its transport of the moment, and one ordered way out to it."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import StreamReader
from engineio.async_socket import AsyncSocket
from engineio.exceptions import EngineIOError

from gateway.engine.frames import close_frame, pong_frame, text_frame
from gateway.engine.limits import (
    ABORT_SECONDS,
    BACKLOG_EVENTS,
    CONNECT_SECONDS,
    LAST_POLL_SECONDS,
    MAX_PAYLOAD_BYTES,
    POLL_PACKETS,
    POST_SECONDS,
    UNSENT_BYTES,
)
from gateway.engine.packets import event_packet

if TYPE_CHECKING:
    from gateway.engine.server import EngineServer
    from gateway.engine.websocket import DirectWebSocket

log = structlog.get_logger(__name__)

PING = "2"
NOOP = "6"
SEPARATOR = "\x1e"

HttpAnswer = dict[str, Any]


class EngineSession(AsyncSocket):  # type: ignore[misc]
    """Polling until a websocket takes over; from then on every packet goes straight to its transport."""

    def __init__(self, server: "EngineServer", sid: str, *, address: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.closing: bool
        self.closed: bool
        self.connection: Any = None
        self.connecting: asyncio.Task[None] | None = None
        # The attachments of a binary event still to come; nothing of ours uses them, but clients may send them.
        self.binary: Any = None
        self._loop = asyncio.get_running_loop()
        self._websocket: DirectWebSocket | None = None
        self._transport: asyncio.Transport | None = None
        self._protocol: Any = None
        self._queue: list[str] = []
        self._queued_bytes = 0
        self._poller: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._heart = self._loop.call_later(server.ping_interval, self._ping)
        self._patience = self._loop.call_later(CONNECT_SECONDS, self.end, "no connect")

    # Out

    @property
    def members(self) -> Iterable["EngineSession"]:
        return (self,)

    def send_packet(self, packet: str) -> None:
        """Send one Engine.IO packet, after all that was sent before."""
        self.server.outflow.send(self, packet)

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
        # Called while an audience is written to, which must not change now: stop here, clean up in a moment.
        packet = event_packet("session:ending", {"reason": "slow_consumer"})
        if self._transport is not None:
            self._transport.write(text_frame(packet))
        self._queue = [packet]
        self._queued_bytes = 0
        self.server.on_slow_consumer()
        self._loop.call_soon(self.end, "slow consumer")
        self.closing = True

    def on_answered(self) -> None:
        """The client's backlog shrank: read on if reading was paused for it."""
        if self._drained is not None and self._backlog() <= BACKLOG_EVENTS // 2:
            self._drained.set_result(None)
            self._drained = None
            if self._protocol is not None and self._transport is not None:
                self._protocol.resume_reading()

    def _backlog(self) -> int:
        return 0 if self.connection is None else int(self.server.application.backlog(self.connection))

    # In

    def receive_packet(self, packet: str | bytes) -> None:
        """Handle one Engine.IO packet; what comes from it is queued in this very call, so order holds."""
        if self.closed or self.closing:
            return
        kind = packet[:1]
        if kind == "4" or isinstance(packet, bytes):
            self.server.on_message(self, packet[1:] if isinstance(packet, str) else packet)
            if self._drained is None and self._backlog() > BACKLOG_EVENTS:
                self._drained = self._loop.create_future()
                if self._transport is not None:
                    self._protocol.pause_reading()
        elif kind == "3":
            self._on_pong()
        elif kind == "1":
            self.end("client disconnect")
        elif kind == "b" and isinstance(packet, str):
            self.server.on_encoded_binary(self, packet)
        else:
            self.end("unknown packet")

    def _ping(self) -> None:
        self.send_packet(PING)
        self._heart = self._loop.call_later(self.server.ping_timeout, self.end, "ping timeout")

    def _on_pong(self) -> None:
        self._heart.cancel()
        self._heart = self._loop.call_later(self.server.ping_interval, self._ping)

    # The handshake of the layer above

    def on_connection(self, connection: Any) -> None:
        self.connection = connection
        self._patience.cancel()

    def on_connection_over(self) -> None:
        """The client left the namespace but kept the session: it may come back, soon."""
        self.connection = None
        self._patience.cancel()
        if not self.closed:
            self._patience = self._loop.call_later(CONNECT_SECONDS, self.end, "no connect")

    # Polling

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return await self._accept_websocket(environ)
        if self.upgrading:
            return answer(NOOP)
        if self._poller is not None:
            self.end("two polls at once")
            raise EngineIOError("two polls at once")
        if not self._queue and not self.closed:
            self._poller = self._loop.create_future()
            try:
                await self._poller
            finally:
                self._poller = None
        return self.polled()

    def polled(self) -> HttpAnswer:
        """Answer a poll with what waits, as far as every stock client can take it."""
        packets, self._queue = self._queue[:POLL_PACKETS], self._queue[POLL_PACKETS:]
        self._queued_bytes = sum(map(len, self._queue))
        if self.closed and not self._queue:
            self.server.forget(self)
        return answer(*packets or [NOOP])

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        request = environ["aiohttp.request"]
        try:
            async with asyncio.timeout(POST_SECONDS):
                body = await read_bounded(request.content)
                for packet in body.decode().split(SEPARATOR):
                    self.receive_packet(packet)
                if self._drained is not None:
                    await asyncio.shield(self._drained)
        except (TimeoutError, UnicodeDecodeError) as error:
            raise EngineIOError("not a payload") from error

    # WebSocket

    async def _accept_websocket(self, environ: dict[str, Any]) -> Any:
        if self.upgrading or self.upgraded:
            return self.server._bad_request("There is a websocket already")
        from gateway.engine.websocket import DirectWebSocket

        websocket = DirectWebSocket(self, is_upgrade=self.connected)
        return await websocket.serve(environ["aiohttp.request"])

    def on_probe(self, websocket: "DirectWebSocket") -> None:
        """A websocket asks whether it may replace polling: end the waiting poll, hold what follows."""
        self.upgrading = True
        websocket.write(text_frame("3probe"))
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    def on_probe_lost(self) -> None:
        self.upgrading = False

    def go_direct(self, websocket: "DirectWebSocket") -> None:
        """From now on this websocket is the only way to the client; it begins with what waited."""
        self.server.outflow.flush()
        self.connected = self.upgraded = True
        self.upgrading = False
        self._websocket = websocket
        self._transport = websocket.transport
        self._protocol = websocket.protocol
        packets, self._queue, self._queued_bytes = self._queue, [], 0
        if packets:
            self._transport.write(b"".join(map(text_frame, packets)))
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    def answer_ping(self, payload: bytes) -> None:
        if self._transport is not None:
            self._transport.write(pong_frame(payload))

    # The end

    def end(self, reason: str) -> None:
        """Close the session: what was sent still leaves, nothing more is read. A second call changes nothing."""
        if self.closed:
            return
        self.server.outflow.flush()
        self.closed = self.closing = True
        self._heart.cancel()
        self._patience.cancel()
        if self.connecting is not None:
            self.connecting.cancel()
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None
        self.server.on_session_over(self, reason)
        if self._transport is not None:
            self._hang_up(self._transport)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        if self._queue and self._transport is None:
            # The last words wait for one more poll.
            self._loop.call_later(LAST_POLL_SECONDS, self.server.forget, self)
        else:
            self.server.forget(self)

    def _hang_up(self, transport: asyncio.Transport) -> None:
        self._transport = None
        if not transport.is_closing():
            transport.write(close_frame(1000))
            transport.close()
            # A reader that stalls must not keep what it does not read in our memory.
            self._loop.call_later(ABORT_SECONDS, transport.abort)

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session, as python-engineio's own code asks for it."""
        self.end(reason or "server disconnect")


def answer(*packets: str) -> HttpAnswer:
    return {
        "status": "200 OK",
        "headers": [("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store")],
        "response": SEPARATOR.join(packets).encode(),
    }


async def read_bounded(content: StreamReader) -> bytes:
    """Read a body without trusting what it says of its length."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in content.iter_any():
        size += len(chunk)
        if size > MAX_PAYLOAD_BYTES:
            raise EngineIOError("the payload is too large")
        chunks.append(chunk)
    return b"".join(chunks)
