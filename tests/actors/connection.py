"""A connection that comes back by itself, and requests on it that always end: answered, refused or lost."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.actors.answers import ConnectionLost, Json, Refused
from tests.actors.link import Link

# Every command is answered within 10 s; what is not by then never will be.
ANSWER_WITHIN_SECONDS = 12.0
RECONNECT_DELAY_SECONDS = 0.2


class Connection:
    """`on_open` is called before each connecting, `on_packet` for each packet, `on_change` after whatever happened."""

    def __init__(
        self,
        *,
        make_link: Callable[[], Link],
        access_token: Callable[[], Awaitable[str]],
        on_open: Callable[[], None],
        on_packet: Callable[[str, Any], None],
        on_change: Callable[[], None],
    ) -> None:
        self._make_link = make_link
        self._access_token = access_token
        self._on_open = on_open
        self._on_packet = on_packet
        self._on_change = on_change
        self._link: Link | None = None
        self._wanted = False
        self._pending: set[asyncio.Future[Json]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        return self._link is not None

    async def open(self) -> None:
        self._wanted = True
        await self._open_link()

    async def close(self) -> None:
        """Sign off and stay away."""
        self._wanted = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._link is not None:
            link = self._link
            self._on_close(link)
            await link.close()

    async def begin(
        self, event: str, payload: Any, *, on_ok: Callable[[Json], None] | None = None
    ) -> asyncio.Future[Json]:
        """Send an event and return its coming answer; what one caller begins leaves in that order."""
        if self._link is None:
            raise ConnectionLost("not connected")
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._pending.add(answer)
        answer.add_done_callback(self._forget)
        give_up = asyncio.get_running_loop().call_later(ANSWER_WITHIN_SECONDS, lose, answer, "no answer in time")
        answer.add_done_callback(lambda _: give_up.cancel())
        await self._link.emit(event, payload, on_ack=lambda ack: self._on_ack(answer, ack, on_ok=on_ok))
        return answer

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside, until the connection is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open_link(self) -> None:
        link = self._make_link()
        token = await self._access_token()
        self._on_open()
        # Known before it is open: packets may come before `open` returns.
        self._link = link
        try:
            await link.open(token=token, on_packet=self._take_packet, on_close=lambda: self._on_close(link))
        except BaseException:
            self._link = None
            raise

    def _take_packet(self, name: str, data: Any = None) -> None:
        self._on_packet(name, data)
        self._on_change()

    def _on_ack(self, answer: asyncio.Future[Json], ack: Json, *, on_ok: Callable[[Json], None] | None) -> None:
        """End the request at once, because the packets after the ack may depend on it."""
        if ack.get("ok") and on_ok is not None:
            # Also if nobody waits for it any more: what it brought has begun all the same.
            on_ok(ack)
        if answer.done():
            return
        if ack.get("ok"):
            answer.set_result(ack)
        else:
            answer.set_exception(Refused(ack["error"]))
        self._on_change()

    def _on_close(self, link: Link) -> None:
        if self._link is not link:
            return
        self._link = None
        for answer in list(self._pending):
            lose(answer, "the connection ended before the answer")
        self._on_change()
        if self._wanted:
            self.start(self._come_back())

    async def _come_back(self) -> None:
        while self._wanted and self._link is None:
            await asyncio.sleep(RECONNECT_DELAY_SECONDS)
            with contextlib.suppress(ConnectionLost, Refused):
                await self._open_link()

    def _forget(self, answer: asyncio.Future[Json]) -> None:
        self._pending.discard(answer)
        # Looked at, so that an answer that nobody awaits is no error of the event loop's.
        if not answer.cancelled():
            answer.exception()


def lose(answer: asyncio.Future[Json], why: str) -> None:
    if not answer.done():
        answer.set_exception(ConnectionLost(why))
