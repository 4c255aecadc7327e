"""Carries a WebSocket that another gateway serves: bytes pass unchanged, at the pace of the slower side."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.streams import EMPTY_PAYLOAD

from gateway.engine.limits import ABORT_SECONDS
from gateway.relaying import end_to_end


async def tunnel(request: web.Request, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
    """Pass on the other gateway's answer to the upgrade, then all bytes, until one side is closed."""
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    for name, value in end_to_end(upstream.headers).items():
        if name.lower() not in ("date", "server"):
            response.headers.add(name, value)
    response.headers.update({"Upgrade": "websocket", "Connection": "upgrade"})
    await response.prepare(request)
    near: Any = request.protocol
    far: Any = None if upstream.connection is None else upstream.connection.protocol
    if near.transport is None or far is None or far.transport is None:
        return response
    over = asyncio.get_running_loop().create_future()
    near.keep_alive(False)
    near.set_parser(Pipe(near, far, over))
    # No read timeout: the session notices silence by its pings.
    far.read_timeout = None
    far.set_parser(Pipe(far, near, over), EMPTY_PAYLOAD)
    try:
        await over
    finally:
        if near.transport is not None:
            # Data that a client does not read must not stay in our memory.
            asyncio.get_running_loop().call_later(ABORT_SECONDS, near.transport.abort)
    return response


class Pipe:
    """Stands in for a parser: it writes what the source's connection receives to the target's connection."""

    def __init__(self, source: BaseProtocol, target: BaseProtocol, over: asyncio.Future[None]) -> None:
        self._source = source
        self._target = target
        self._over = over
        self._waiting: asyncio.Task[None] | None = None

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        transport = self._target.transport
        if transport is not None and not transport.is_closing():
            transport.write(data)
            if self._target.writing_paused and self._waiting is None:
                self._source.pause_reading()
                self._waiting = asyncio.create_task(self._read_on())
        return False, b""

    def feed_eof(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    async def _read_on(self) -> None:
        try:
            await self._target._drain_helper()
        except ConnectionError:
            return
        self._waiting = None
        self._source.resume_reading()
