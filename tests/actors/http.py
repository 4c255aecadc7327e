"""An HTTP session that closes everything, even what a client on top of it forgets to read or to close."""

from types import SimpleNamespace, TracebackType
from typing import Any, Self

import aiohttp


class Http:
    """Stock clients drop answers unread and websockets unclosed; the garbage collector would complain later on."""

    def __init__(self, **session_options: Any) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._note)
        self._open: list[aiohttp.ClientResponse] = []
        self.session = aiohttp.ClientSession(trace_configs=[trace], **session_options)

    async def close(self) -> None:
        for response in self._open:
            response.close()
        self._open.clear()
        await self.session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _note(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        self._open = [response for response in self._open if not response.closed]
        self._open.append(ended.response)
