"""HTTP connections to a gateway that are written by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from chatflow.ids import new_id
from tests.gateway.conftest import Gateway


@asynccontextmanager
async def connection(
    gateway: Gateway, words: bytes = b"", *, limit: int = 65536
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect, and say this."""
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=limit)
    writer.write(words)
    try:
        yield reader, writer
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return what came before the end."""
    async with asyncio.timeout(3):
        return await reader.read()


async def answered(reader: asyncio.StreamReader) -> bytes:
    """Read an answer of /health whole, and return its status line."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return head.partition(b"\r\n")[0]


async def status_of(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(url) as response:
        return response.status


def by_somebody(gateway: Gateway, request_bytes: bytes) -> bytes:
    """Nobody else's large bodies are taken."""
    bearer = b"Host: localhost\r\nAuthorization: Bearer %s" % gateway.token(new_id()).encode()
    return request_bytes.replace(b"Host: localhost", bearer)
