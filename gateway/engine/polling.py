"""Long polling over HTTP: what its answers look like, how its bodies are read, and how a lost one is noticed."""

import base64
from collections.abc import Callable
from typing import Any

from aiohttp import StreamReader, web
from engineio.exceptions import EngineIOError

SEPARATOR = "\x1e"

HttpAnswer = dict[str, Any]


def answer(*packets: str) -> HttpAnswer:
    return {
        "status": "200 OK",
        "headers": [("Content-Type", "text/plain; charset=UTF-8"), ("Cache-Control", "no-store")],
        "response": SEPARATOR.join(packets).encode(),
    }


async def read_bounded(content: StreamReader, *, limit_bytes: int) -> bytes:
    """Read a body without trusting what it says of its length."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in content.iter_any():
        size += len(chunk)
        if size > limit_bytes:
            raise EngineIOError("the payload is too large")
        chunks.append(chunk)
    return b"".join(chunks)


def decode_binary(encoded: str) -> bytes:
    """Return what came by polling as base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        raise EngineIOError("not base64") from None


class LossWatch:
    """Stands in for a request's body, which is what aiohttp tells that the connection is lost."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        self._on_lost()


def watch_for_loss(request: web.Request, on_lost: Callable[[], None]) -> None:
    """Call back if the client goes away while this request, of which no body will be read, is being answered."""
    request._payload = LossWatch(on_lost)  # type: ignore[assignment]
