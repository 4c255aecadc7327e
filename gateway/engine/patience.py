"""HTTP connections that do not get to the point are closed: whoever sends a head bit by bit, or takes no answer."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from gateway.engine.limits import HEAD_SECONDS, IDLE_SECONDS, STALLED_SECONDS


class PatientHandler(RequestHandler):
    """Gives a head its time from the connection's start, or from its first byte on a connection that was used before.

    A WebSocket has its own ways: pings, and a bound on what it does not read.
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

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._payload_parser is None and self.transport is not None:
            self._stall_timer = self._loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_stall()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
        self._forget_stall()
        super().connection_lost(exc)

    def _forget_stall(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None


class PatientServer(web.Server):
    def __call__(self) -> PatientHandler:
        return PatientHandler(self, loop=self._loop, **self._kwargs)


class PatientRunner(web.AppRunner):
    """Serves an application to whoever is out there."""

    __slots__ = ()

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, keepalive_timeout=IDLE_SECONDS, **options)

    async def _make_server(self) -> PatientServer:
        plain = await super()._make_server()
        return PatientServer(
            plain.request_handler, request_factory=plain.request_factory, loop=plain._loop, **plain._kwargs
        )
