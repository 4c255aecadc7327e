"""A balancer that knows no stickiness: each new connection goes to the next gateway."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import cycle

from tests.servers.ports import LOCALHOST

CHUNK_BYTES = 65_536


@asynccontextmanager
async def balancer(urls: Sequence[str]) -> AsyncIterator[str]:
    """Yield an address behind which these take turns."""
    ports = cycle([int(url.rpartition(":")[2]) for url in urls])
    tasks: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection(LOCALHOST, next(ports))
        except OSError:
            writer.close()
            return
        with suppress(asyncio.CancelledError):
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(take, LOCALHOST, 0)
    try:
        yield f"http://{LOCALHOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
