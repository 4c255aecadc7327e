"""Closes HTTP connections that stall: clients that send a request's head too slowly, or do not read the answer."""

import asyncio
import socket
from collections import Counter
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from chatflow.errors import Internal, Invalid
from chatflow.http.addresses import household
from chatflow.http.answers import Runner, error_response
from gateway.engine.limits import HEAD_SECONDS, IDLE_SECONDS


class TimeoutHandler(RequestHandler):
    """Limits the time for a request's head, from the start of the connection, or later from the head's first byte.

    It also limits the time for which unsent bytes here may wait; for those in the kernel see `give_up_on_stalled`. A
    WebSocket has its own limits instead: pings, and a bound on unread bytes.
    """

    __slots__ = ("_head_timer", "_stall_timer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._head_timer = self._loop.call_later(HEAD_SECONDS, self.force_close)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._payload_parser is not None:
            return
        if self._head_timer is not None:
            if self._messages:
                self._head_timer.cancel()
                self._head_timer = None
        elif self._waiter is not None and not self._waiter.done():
            self._head_timer = self._loop.call_later(HEAD_SECONDS, self.force_close)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP in our own words: aiohttp would quote it, so that scripts could read cookies."""
        super().handle_error(request, status, exc, message)
        answer = PlainAnswer(error_response(Internal() if status >= 500 else Invalid(), status=status))
        answer.force_close()
        return answer

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._payload_parser is None and self.transport is not None:
            self._give_time(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_stall()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._forget_stall()
        super().connection_lost(exc)

    def _give_time(self, unsent: int) -> None:
        stalled_seconds = self._manager.stalled_seconds if isinstance(self._manager, TimeoutServer) else 0
        if stalled_seconds:
            self._stall_timer = self._loop.call_later(stalled_seconds, self._check_progress, unsent)

    def _check_progress(self, unsent_before: int) -> None:
        self._stall_timer = None
        if self.transport is None:
            return
        unsent = self.transport.get_write_buffer_size()
        if unsent < unsent_before:
            self._give_time(unsent)
        else:
            self.transport.abort()

    def _forget_stall(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None


class PlainAnswer(web.Response):
    """An answer from outside the application, whose hooks do not apply: it removes the header `Server` itself."""

    def __init__(self, answer: web.Response) -> None:
        super().__init__(body=answer.body, status=answer.status, headers=answer.headers)
        self.headers["X-Content-Type-Options"] = "nosniff"

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.pop("Server", None)


class TimeoutServer(web.Server):
    """Limits the connections of one address (0: any number); those beyond are closed at once.

    A connection is cut if its client reads nothing of an answer for `stalled_seconds` (0: any time).
    """

    connections_per_address = 0
    stalled_seconds = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._households: dict[RequestHandler, str] = {}
        self._crowds: Counter[str] = Counter()

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        peer = transport.get_extra_info("peername")
        if not self.connections_per_address or not isinstance(peer, tuple):
            return
        address = self._households[handler] = household(str(peer[0]))
        self._crowds[address] += 1
        if self._crowds[address] > self.connections_per_address:
            transport.abort()

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        address = self._households.pop(handler, None)
        if address is not None:
            self._crowds[address] -= 1
            if not self._crowds[address]:
                del self._crowds[address]

    def __call__(self) -> TimeoutHandler:
        return TimeoutHandler(self, loop=self._loop, **self._kwargs)


class TimeoutRunner(Runner):
    """Serves an application with the limits of `TimeoutServer`."""

    __slots__ = ("_connections_per_address", "_stalled_seconds")

    def __init__(
        self, app: web.Application, *, connections_per_address: int = 0, stalled_seconds: float = 0.0, **options: Any
    ) -> None:
        # A body decompressed here would go on to a service with its compressed length, and what exceeds that length
        # would be read as the next request.
        super().__init__(app, keepalive_timeout=IDLE_SECONDS, auto_decompress=False, **options)
        self._connections_per_address = connections_per_address
        self._stalled_seconds = stalled_seconds

    async def _make_server(self) -> TimeoutServer:
        plain = await super()._make_server()
        server = TimeoutServer(
            plain.request_handler, request_factory=plain.request_factory, loop=plain._loop, **plain._kwargs
        )
        server.connections_per_address = self._connections_per_address
        server.stalled_seconds = self._stalled_seconds
        return server


def give_up_on_stalled(listening: socket.socket, *, after_seconds: float) -> None:
    """Have the kernel end connections of this listener whose other side takes no data for so long.

    Only the kernel sees how much of its own buffer is taken: the end of an answer, a short answer, and with some event
    loops a file. It does not end a client that keeps sending, and works only on Linux.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(1, round(after_seconds * 1000)))
