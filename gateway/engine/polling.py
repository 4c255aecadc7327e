"""Long polling over HTTP: builds its answers, reads its bodies, and notices a lost poll."""

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
    """Read a body of at most so many bytes, whatever length its headers claim."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in content.iter_any():
        size += len(chunk)
        if size > limit_bytes:
            raise EngineIOError("the payload is too large")
        chunks.append(chunk)
    return b"".join(chunks)


def decode_binary(encoded: str) -> bytes:
    """Decode a binary message, which polling carries as base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        raise EngineIOError("not base64") from None


class LossWatch:
    """Stands in for a request's body, because aiohttp reports a lost connection to the body."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        self._on_lost()


def watch_for_loss(request: web.Request, on_lost: Callable[[], None]) -> None:
    """Call back if the client goes away while this request is being answered; its body must not be read."""
    request._payload = LossWatch(on_lost)  # type: ignore[assignment]
