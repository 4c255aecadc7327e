"""A line between a browser and the server that is slow as a whole: every connection waits its turn on it.

What browsers slow down by themselves leaves out the service worker and how long a connection takes to open.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.processes import LOCALHOST

# What Lighthouse calls slow 4G.
ROUND_TRIP_SECONDS = 0.150
DOWN_BYTES_PER_SECOND = 1638.4 * 1000 / 8
UP_BYTES_PER_SECOND = 750 * 1000 / 8
# As much as a packet, so that connections share the line fairly.
PIECE_BYTES = 1460
# So much is on its way at most; then the sender waits, as a full buffer would have it.
AHEAD_SECONDS = 0.05


@dataclass
class Direction:
    """One way of the line; what is written to it comes out in order."""

    bytes_per_second: float
    free_at: float = 0.0

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Pass on what comes until it ends, each piece once the line was free for it and half a round trip later."""
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(deliver(arriving, target))
        loop = asyncio.get_running_loop()
        try:
            while piece := await source.read(PIECE_BYTES):
                begins = max(loop.time(), self.free_at)
                self.free_at = begins + len(piece) / self.bytes_per_second
                arriving.put_nowait((self.free_at + ROUND_TRIP_SECONDS / 2, piece))
                await asyncio.sleep(max(0.0, self.free_at - loop.time() - AHEAD_SECONDS))
        except ConnectionError:
            pass
        finally:
            arriving.put_nowait((0.0, b""))
            await delivering


async def deliver(arriving: asyncio.Queue[tuple[float, bytes]], target: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, piece = await arriving.get()
        if not piece or target.is_closing():
            target.close()
            return
        await asyncio.sleep(max(0.0, due - loop.time()))
        target.write(piece)


@asynccontextmanager
async def open_slow_line(port: int) -> AsyncIterator[int]:
    """Yield the port at which the server's own port is reached by way of the line."""
    down, up = Direction(DOWN_BYTES_PER_SECOND), Direction(UP_BYTES_PER_SECOND)

    async def accept(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        # The handshake takes one round trip before anything is said.
        await asyncio.sleep(ROUND_TRIP_SECONDS)
        server, to_server = await asyncio.open_connection(LOCALHOST, port)
        async with asyncio.TaskGroup() as ways:
            ways.create_task(up.carry(client, to_server))
            ways.create_task(down.carry(server, to_client))

    server = await asyncio.start_server(accept, LOCALHOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
