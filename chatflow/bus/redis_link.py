"""One connection to Redis or Valkey in RESP3: one write per loop tick, and replies kept apart from pushed messages.

Leases use redis-py. Not so the bus: redis-py's listener handles a seventh of the messages per CPU-second, and after a
reconnect it subscribes again without saying so, while a gateway has to know that it may have missed something.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import hiredis

CONNECT_TIMEOUT_SECONDS = 2.0

OnPush = Callable[[list[Any]], None]


class RedisLink(asyncio.Protocol):
    """A connection that is never reopened; `lost` is done when it is over."""

    def __init__(self, on_push: OnPush) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_push = on_push
        self._reader = hiredis.Reader()
        self._transport: asyncio.Transport | None = None
        self._awaited: deque[asyncio.Future[Any] | None] = deque()
        self._outgoing: list[bytes] = []
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def send(self, *words: str | bytes) -> None:
        """Send a request whose reply nobody waits for."""
        self._enqueue(words, None)

    def call(self, *words: str | bytes) -> asyncio.Future[Any]:
        """Send a request; the future brings its reply, or ConnectionError if the link is lost."""
        answer: asyncio.Future[Any] = self._loop.create_future()
        if self.lost.done():
            answer.set_exception(ConnectionError("the link to Redis is lost"))
        else:
            self._enqueue(words, answer)
        return answer

    def subscribe(self, *channels: str) -> None:
        """Listen to channels; once a later `call` is answered, the subscription is active."""
        # Pushes confirm subscriptions, so they take no place among the expected replies.
        self._write(pack("SUBSCRIBE", *channels))

    def unsubscribe(self, channel: str) -> None:
        self._write(pack("UNSUBSCRIBE", channel))

    def abort(self) -> None:
        """Close the connection at once, without waiting for anything."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Send what is left, then disconnect."""
        self._flush()
        if self._transport is not None:
            self._transport.close()
            await self.lost

    def _enqueue(self, words: tuple[str | bytes, ...], answer: asyncio.Future[Any] | None) -> None:
        if not self.lost.done():
            self._awaited.append(answer)
            self._write(pack(*words))

    def _write(self, packed: bytes) -> None:
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(packed)

    def _flush(self) -> None:
        if self._outgoing and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # this is what create_connection passes

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if isinstance(reply, hiredis.PushNotification):
                self._on_push(reply)
            else:
                self._settle(reply)

    def connection_lost(self, error: Exception | None) -> None:
        for answer in self._awaited:
            if answer is not None and not answer.done():
                answer.set_exception(ConnectionError("the link to Redis was lost"))
                answer.exception()  # marks it as seen: its asker may be gone, and then asyncio would log it
        self._awaited.clear()
        self.lost.set_result(None)

    def _settle(self, reply: Any) -> None:
        answer = self._awaited.popleft()
        if answer is None or answer.done():
            return
        if isinstance(reply, hiredis.HiredisError):
            answer.set_exception(ConnectionError(f"Redis refused: {reply}"))
        else:
            answer.set_result(reply)


def pack(*words: str | bytes) -> bytes:
    # The type stub says wrongly that a request is a single word.
    packed: bytes = hiredis.pack_command(cast(Any, words))
    return packed


async def open_link(url: str, *, on_push: OnPush) -> RedisLink:
    """Connect and sign in; raises OSError (ConnectionError, TimeoutError) if that fails."""
    async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
        link = await dial(url, on_push)
        try:
            address = urlsplit(url)
            greeting = ["HELLO", "3"]
            if address.password:
                greeting += ["AUTH", unquote(address.username or "default"), unquote(address.password)]
            await link.call(*greeting)
            database = address.path.strip("/")
            if database and address.scheme != "unix":
                await link.call("SELECT", database)
        except BaseException:
            link.abort()
            raise
        return link


async def dial(url: str, on_push: OnPush) -> RedisLink:
    loop = asyncio.get_running_loop()
    address = urlsplit(url)
    if address.scheme == "unix":
        _, link = await loop.create_unix_connection(lambda: RedisLink(on_push), address.path)
        return link
    context = ssl.create_default_context() if address.scheme == "rediss" else None
    _, link = await loop.create_connection(
        lambda: RedisLink(on_push), address.hostname or "127.0.0.1", address.port or 6379, ssl=context
    )
    return link
