"""Bodies of REST requests: no larger than an honest client's, and in an honest client's time."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from chatflow.errors import ChatFlowError, Invalid, TooLarge

# Every body may take so long, and a large one a second more for so many bytes: 64 kbit/s, as over a poor network.
BODY_SECONDS = 20.0
BYTES_PER_SECOND_AT_LEAST = 8 * 1024


class Body:
    """A request's body, piece by piece. `refusal` tells why it ended before its end."""

    def __init__(self, request: web.Request, *, bytes_at_most: int) -> None:
        if (request.content_length or 0) > bytes_at_most:
            raise TooLarge
        self._content = request.content
        self._bytes_at_most = bytes_at_most
        self.refusal: ChatFlowError | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        begun = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout_at(begun + BODY_SECONDS + size / BYTES_PER_SECOND_AT_LEAST):
                    chunk = await self._content.readany()
            except TimeoutError:
                raise self._refuse(Invalid("The body did not come in time.")) from None
            except Exception:  # noqa: BLE001 whatever it is, it came with the body
                raise self._refuse(Invalid("The body broke off, or is none.")) from None
            if not chunk:
                return
            size += len(chunk)
            if size > self._bytes_at_most:
                raise self._refuse(TooLarge())
            yield chunk

    def _refuse(self, error: ChatFlowError) -> ChatFlowError:
        self.refusal = error
        return error


async def read_whole(request: web.Request, *, bytes_at_most: int) -> bytes:
    return b"".join([chunk async for chunk in Body(request, bytes_at_most=bytes_at_most)])
