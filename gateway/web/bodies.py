"""Reads the bodies of REST requests, with limits on time and size, so that no service waits for a slow client."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from chatflow.errors import ChatFlowError, Invalid, RateLimited, TooLarge

# The time for any body, and for a large one a further second for so many bytes: 64 kbit/s, as over a poor network.
BODY_SECONDS = 20.0
BYTES_PER_SECOND_AT_LEAST = 8 * 1024

# How much of a file is read before its service is asked: a smaller file is read as a whole.
START_BYTES = 64 * 1024
# A message or a profile is smaller than this. Larger bodies (pictures, long lists) are kept in memory while they are
# handled: at most 64, which is 64 MiB, and only some of them from one address.
LARGE_BYTES = 64 * 1024
LARGE_AT_ONCE = 64
LARGE_AT_ONCE_PER_ADDRESS = 16
BACK_SECONDS = 2.0


class Body:
    """A request's body, read piece by piece. `refusal` is the error if it was cut short.

    For a large body `vouch` is called before more of it is read, and before any of it if its length is known.
    """

    def __init__(
        self, request: web.Request, *, bytes_at_most: int, vouch: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        if (request.content_length or 0) > bytes_at_most:
            raise TooLarge
        self.is_large = (request.content_length or 0) > LARGE_BYTES
        # Called when somebody takes the first piece.
        self.on_taken: Callable[[], None] = lambda: None
        self._vouch = vouch
        self._content = request.content
        self._bytes_at_most = bytes_at_most
        self._begun = asyncio.get_running_loop().time()
        self._size = 0
        self._start: list[bytes] = []
        self.refusal: ChatFlowError | None = None

    async def begin(self) -> None:
        """Read the start of the body, or all of a small one, so that its service does not have to wait for it."""
        if self.is_large:
            await self._become_known()
        while self._size <= START_BYTES and (chunk := await self._read()):
            self._start.append(chunk)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.on_taken()
        for chunk in self._start:
            yield chunk
        while chunk := await self._read():
            yield chunk

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._begun + BODY_SECONDS + self._size / BYTES_PER_SECOND_AT_LEAST):
                chunk = await self._content.readany()
        except TimeoutError:
            raise self._refuse(Invalid("The body did not come in time.")) from None
        except Exception:  # noqa: BLE001 any error here comes from the body
            raise self._refuse(Invalid("The body is incomplete or malformed.")) from None
        self._size += len(chunk)
        if self._size > self._bytes_at_most:
            raise self._refuse(TooLarge())
        if self._size > LARGE_BYTES:
            self.is_large = True
            await self._become_known()
        return chunk

    async def _become_known(self) -> None:
        vouch, self._vouch = self._vouch, None
        if vouch is not None:
            await vouch()

    def _refuse(self, error: ChatFlowError) -> ChatFlowError:
        self.refusal = error
        return error


class LargeBodies:
    """Counts the large bodies in memory by the address that sent them, and limits their number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    @asynccontextmanager
    async def received(self, body: Body, *, address: str) -> AsyncIterator[bytes]:
        """Yield the whole body, which counts until the block ends; raise `rate_limited` if there are too many."""
        pieces: list[bytes] = []
        size = 0
        is_counted = False
        try:
            await body.begin()
            async for piece in body:
                pieces.append(piece)
                size += len(piece)
                if size > LARGE_BYTES and not is_counted:
                    self._count(address)
                    is_counted = True
            yield b"".join(pieces)
        finally:
            if is_counted:
                self._uncount(address)

    def _count(self, address: str) -> None:
        if self._counts.total() >= LARGE_AT_ONCE or self._counts[address] >= LARGE_AT_ONCE_PER_ADDRESS:
            raise RateLimited(retry_after=BACK_SECONDS)
        self._counts[address] += 1

    def _uncount(self, address: str) -> None:
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]


async def read_whole(request: web.Request, *, bytes_at_most: int) -> bytes:
    return b"".join([chunk async for chunk in Body(request, bytes_at_most=bytes_at_most)])
