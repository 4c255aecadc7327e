"""The proxy breaks what runs through it in the ways that its methods say."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.faults.proxy import Proxy, open_proxy
from tests.servers.ports import LOCALHOST

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            writer.write(chunk)
        await hang_up(writer)

    server = await asyncio.start_server(echo, LOCALHOST, 0)
    async with server, open_proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


@pytest.fixture
async def streams(proxy: Proxy) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection(LOCALHOST, proxy.port)
    assert await said_back(reader, writer) == b"hello"
    yield reader, writer
    await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def said_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"hello")
    async with asyncio.timeout(2):
        return await reader.read(100)


async def test_a_cut_ends_connections_and_lets_new_ones_through(proxy: Proxy, streams: Streams) -> None:
    proxy.cut()
    async with asyncio.timeout(2):
        with pytest.raises(ConnectionError):
            await streams[0].readexactly(1)
    reader, writer = await asyncio.open_connection(LOCALHOST, proxy.port)
    assert await said_back(reader, writer) == b"hello"
    await hang_up(writer)


async def test_while_refusing_nobody_gets_through(proxy: Proxy, streams: Streams) -> None:
    proxy.refuse()
    reader, writer = await asyncio.open_connection(LOCALHOST, proxy.port)
    with pytest.raises(ConnectionError):
        await reader.readexactly(1)
    await hang_up(writer)


async def test_a_stall_holds_everything_back_and_loses_nothing(proxy: Proxy, streams: Streams) -> None:
    reader, writer = streams
    proxy.stall()
    writer.write(b"held")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await reader.read(100)
    proxy.heal()
    async with asyncio.timeout(2):
        assert await reader.read(100) == b"held"
