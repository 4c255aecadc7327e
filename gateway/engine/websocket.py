"""The WebSocket transport: it handles frames inside `data_received`, without a task or a queue per message."""

import asyncio
from typing import Any, Protocol

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader

from gateway.engine.frames import close_frame, pong_frame
from gateway.engine.limits import ABORT_SECONDS, GOODBYE_SECONDS, UPGRADE_SECONDS
from gateway.engine.slices import SlicedReader

log = structlog.get_logger(__name__)

NORMAL = 1000
INTERNAL_ERROR = 1011
PROTOCOL_ERROR = 1002


class CarriedSession(Protocol):
    """What a websocket asks of the session that it carries."""

    sid: str
    closed: bool
    upgrading: bool
    candidate: "DirectWebSocket | None"

    @property
    def posting(self) -> asyncio.Timeout | None: ...

    def count_packet(self) -> bool: ...

    def receive_packet(self, packet: str | bytes) -> None: ...

    def on_probe(self, websocket: "DirectWebSocket") -> None: ...

    def on_candidate_lost(self, websocket: "DirectWebSocket") -> None: ...

    def go_direct(self, websocket: "DirectWebSocket") -> None: ...

    def end(self, reason: str) -> None: ...


class DirectQueue(WebSocketDataQueue):
    """Stands in for the reader's queue, and hands each message on at once."""

    def __init__(self, protocol: Any, websocket: "DirectWebSocket") -> None:
        super().__init__(protocol, websocket.payload_bytes, loop=asyncio.get_running_loop())
        self._websocket = websocket

    def feed_data(self, data: Any, size: int) -> None:
        self._websocket.on_frame(data)

    def feed_eof(self) -> None:
        self._websocket.on_lost()

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        self._websocket.on_broken(exc)


class DirectWebSocket(web.WebSocketResponse):
    """One WebSocket, either a session's first transport or a candidate to replace its polling."""

    def __init__(self, session: CarriedSession, *, is_upgrade: bool, payload_bytes: int) -> None:
        super().__init__(compress=False, autoping=False)
        self._session = session
        self._is_candidate = is_upgrade
        self.payload_bytes = payload_bytes
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.protocol: Any = None
        self.transport: Any = None
        self.source: SlicedReader

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Carry the session until the connection ends."""
        await self.prepare(request)
        if not self._is_candidate:
            self._session.go_direct(self)
        else:
            timeout = asyncio.get_running_loop().call_later(UPGRADE_SECONDS, self._give_up)
            self._over.add_done_callback(lambda _: timeout.cancel())
        await self._over
        self._set_closed()
        # Both refer back to this object, and a cycle would stay in memory until the garbage collector runs.
        self._reader = self._parser = None
        del self.source
        return self

    def _post_start(self, request: Any, protocol: str | None, writer: Any) -> None:
        self._ws_protocol = protocol
        self._writer = writer
        self.protocol = request.protocol
        self.transport = request.transport
        queue = DirectQueue(request.protocol, self)
        self._reader = queue
        # The reader also refuses messages of exactly the size that it is given, hence one more.
        self._parser = WebSocketReader(queue, self.payload_bytes + 1, compress=False, decode_text=True)
        self.source = SlicedReader(self._parser, request.protocol, count=self._session.count_packet)
        request.protocol.set_parser(self.source)
        request.protocol.keep_alive(False)

    def write(self, frames: bytes) -> None:  # type: ignore[override]
        if not self.transport.is_closing():
            self.transport.write(frames)

    def on_frame(self, message: WSMessage) -> None:
        try:
            if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                if self._is_candidate:
                    self._on_probing(message.data)
                else:
                    self._session.receive_packet(message.data)
            elif message.type is WSMsgType.CLOSE:
                self._close(NORMAL)
            elif not self._session.count_packet():
                return
            elif message.type is WSMsgType.PING and not self.protocol.writing_paused:
                # A client that does not read gets no pong: it would not miss it, and pongs would fill our memory.
                self.write(pong_frame(message.data))
        except Exception:
            # The reader is compiled code that cannot pass on an exception, and other sockets must not suffer from it.
            # The application handles errors in events itself. An error here comes from the middle of the protocol, and
            # nobody knows how much was done.
            log.exception("a message could not be handled", session=self._session.sid)
            self._close(INTERNAL_ERROR)

    def on_broken(self, error: BaseException) -> None:
        """Close because the reader met something that is not a WebSocket frame, or a frame that is too large."""
        self._close(getattr(error, "code", PROTOCOL_ERROR))

    def on_lost(self) -> None:
        if self._over.done():
            return
        self._over.set_result(None)
        if self._is_candidate:
            self._session.on_candidate_lost(self)
        else:
            self._session.end("transport close")

    def _on_probing(self, packet: str | bytes) -> None:
        if self._session.closed:
            self._close(NORMAL)
        elif packet == "2probe" and not self._session.upgrading:
            self._session.on_probe(self)
        elif packet == "5" and self._session.candidate is self and self._session.posting is None:
            # Not while a payload is under way: its order would be unknown. Stock clients wait for its answer first.
            self._is_candidate = False
            self._session.go_direct(self)
        else:
            self._close(PROTOCOL_ERROR)

    def close_quietly(self) -> None:
        self._close(NORMAL)

    def _give_up(self) -> None:
        if self._is_candidate:
            self._close(NORMAL)

    def _close(self, code: int) -> None:
        hang_up(self.transport, code=code)
        self.on_lost()


def hang_up(transport: asyncio.Transport, *, code: int, reason: str = "") -> None:
    if not transport.is_closing():
        transport.write(close_frame(code, reason=reason))
        transport.close()
        # A client that stops reading must not keep unsent bytes in our memory.
        asyncio.get_running_loop().call_later(ABORT_SECONDS, transport.abort)


async def turn_away(request: web.Request) -> web.StreamResponse:
    """Close a superfluous websocket. It is accepted first, because clients expect to see it close."""
    websocket = web.WebSocketResponse(compress=False, autoping=False, timeout=GOODBYE_SECONDS)
    await websocket.prepare(request)
    await websocket.close(code=WSCloseCode.POLICY_VIOLATION)
    return websocket
