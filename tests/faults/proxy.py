"""A TCP proxy that can cut, stall and half-close what runs through it."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.ports import LOCALHOST

CHUNK_BYTES = 65_536
# On, and for no time at all: closing then sends a reset.
LINGER_NOT = struct.pack("ii", 1, 0)


class Proxy:
    """A proxy before one server; clients connect to `port` instead."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self._target_port = target_port
        self._pumps: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._accepting = True

    def lead_to(self, target_port: int) -> None:
        """Forward to this server from now on."""
        self._target_port = target_port

    def cut(self) -> None:
        """Break every connection, as a dying machine does; new ones are accepted."""
        for writer in self._writers:
            reset(writer)

    def refuse(self) -> None:
        """Break every connection and let no new one through until `heal`."""
        self._accepting = False
        self.cut()

    def stall(self) -> None:
        """Keep every connection open and pass nothing on, so that the other side seems alive and silent."""
        self._flowing.clear()

    def heal(self) -> None:
        self._accepting = True
        self._flowing.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Kept when broken, too, so that the end can wait for each.
        self._writers.add(writer)
        if not self._accepting:
            reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(LOCALHOST, self._target_port)
        except OSError:
            self._drop(writer)
            return
        self._writers.add(far_writer)
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def close(self) -> None:
        self.cut()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            # A broken connection ends its other half too.
            with contextlib.suppress(ConnectionError):
                while chunk := await source.read(CHUNK_BYTES):
                    await self._flowing.wait()
                    if sink.transport.is_closing():
                        return
                    sink.write(chunk)
                    await sink.drain()
        finally:
            self._drop(sink)

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset, as a machine does that no longer knows of it, and not with a polite end."""
    connection = writer.get_extra_info("socket")
    if not writer.transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    writer.transport.abort()


@asynccontextmanager
async def open_proxy(target_port: int) -> AsyncIterator[Proxy]:
    proxy = Proxy(target_port)
    server = await asyncio.start_server(proxy.take, LOCALHOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
