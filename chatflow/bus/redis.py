"""The bus on Redis or Valkey pub/sub (version 6.2 or later): one connection, which reconnects by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from chatflow.bus.port import OnMessage
from chatflow.bus.redis_link import RedisLink, open_link
from chatflow.errors import TimedOut, Unavailable
from chatflow.process.vital import start_vital

log = structlog.get_logger(__name__)

START_TIMEOUT_SECONDS = 10.0
ANSWER_TIMEOUT_SECONDS = 2.0
# A half-open connection is silent for ever: probe it each second, and give it up when an answer takes two.
PROBE_SECONDS = 1.0
# At first quickly, for a restarted server; then at most twice a second, for one that stays away.
RETRY_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5)


class RedisBus:
    """See `chatflow.bus.port.Bus`; order and loss of publications are those of Redis pub/sub."""

    def __init__(self, url: str, *, on_gap: Callable[[], None]) -> None:
        self._url = url
        self._on_gap = on_gap
        self._handlers: dict[bytes, OnMessage] = {}
        self._link: RedisLink | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._up = asyncio.Event()

    @property
    def connected(self) -> bool:
        return self._link is not None

    async def start(self) -> None:
        self._keeper = start_vital(self._keep_connected(), name="bus")
        try:
            await asyncio.wait_for(self._up.wait(), START_TIMEOUT_SECONDS)
        except TimeoutError:
            await self.close()
            raise Unavailable("Redis does not answer.") from None

    def publish(self, channel: str, payload: bytes) -> None:
        if self._link is not None:
            self._link.send("PUBLISH", channel, payload)

    async def publish_counted(self, channel: str, payload: bytes) -> int:
        if self._link is None:
            raise Unavailable("Redis is not connected.")
        try:
            return int(await asyncio.wait_for(self._link.call("PUBLISH", channel, payload), ANSWER_TIMEOUT_SECONDS))
        except (TimeoutError, ConnectionError):
            raise TimedOut("Redis did not say whether it took the publication.") from None

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        self._handlers[channel.encode()] = on_message
        if self._link is None:
            return  # the next connection subscribes it with all others, and reports a gap
        self._link.subscribe(channel)
        try:
            await asyncio.wait_for(self._link.call("PING"), ANSWER_TIMEOUT_SECONDS)
        except (TimeoutError, ConnectionError):
            return  # as above

    async def unsubscribe(self, channel: str) -> None:
        if self._handlers.pop(channel.encode(), None) is not None and self._link is not None:
            self._link.unsubscribe(channel)

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._link is not None:
            await self._link.close()
            self._link = None

    # No asyncio.wait_for from here on: before Python 3.12 it loses a cancellation that meets the answer; `close` hangs.

    async def _keep_connected(self) -> None:
        while True:
            link = await self._connect()
            self._link = link
            if self._up.is_set():
                log.info("the bus is back")
                self._on_gap()
            self._up.set()
            await self._probe_until_lost(link)
            self._link = None
            log.warning("the bus is lost")

    async def _connect(self) -> RedisLink:
        """Return a link on which everything wanted at that moment is subscribed, however long that takes."""
        attempt = 0
        while True:
            try:
                link = await open_link(self._url, on_push=self._on_push)
                try:
                    await self._subscribe_all(link)
                except BaseException:
                    # If it stayed open, it would go on listening and deliver everything a second time.
                    link.abort()
                    raise
                return link
            except OSError as error:
                if attempt == 0:
                    log.warning("Redis does not answer", error=str(error))
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1

    async def _subscribe_all(self, link: RedisLink) -> None:
        """Subscribe to exactly the wanted channels, including those that become wanted meanwhile."""
        subscribed: set[bytes] = set()
        while subscribed != self._handlers.keys():
            wanted = set(self._handlers)
            if missing := wanted - subscribed:
                link.subscribe(*(channel.decode() for channel in missing))
            for channel in subscribed - wanted:
                link.unsubscribe(channel.decode())
            async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                await link.call("PING")
            subscribed = wanted

    async def _probe_until_lost(self, link: RedisLink) -> None:
        while not link.lost.done():
            await asyncio.wait([link.lost], timeout=PROBE_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_TIMEOUT_SECONDS):
                    await link.call("PING")
            except OSError:
                link.abort()
                await link.lost

    def _on_push(self, push: list[Any]) -> None:
        if push[0] != b"message":
            return  # it confirms a subscription
        handler = self._handlers.get(push[1])
        if handler is None:
            return  # unsubscribed while the message was under way
        try:
            handler(push[2])
        except Exception:
            # Anyone on the bus can publish anything: a bad publication must end neither the connection nor the process.
            log.exception("a publication was not understood", channel=push[1].decode(errors="replace"))
