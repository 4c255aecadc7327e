"""False gateways: leases that anybody who can write in Redis could make, and servers at the address in them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatflow.leases.port import LeaseKeeper, new_lease
from gateway.cluster.passes import Passes
from tests.gateway.conftest import SECRET

UNKNOWN_SESSION = {"code": 1, "message": "Session ID unknown"}
OTHER = "g9-0a1b2c"
POLL = f"/socket.io/?EIO=4&transport=polling&sid={OTHER}.x"


@asynccontextmanager
async def sibling_at(redis_url: str, address: str) -> AsyncIterator[None]:
    """A gateway that has said that it is there, whatever listens."""
    async with lease_at(redis_url, Passes(SECRET).seal(OTHER, address)):
        yield


@asynccontextmanager
async def lease_at(redis_url: str, address: str) -> AsyncIterator[None]:
    keeper = LeaseKeeper(redis_url, kind="gateway", lease=new_lease(OTHER, address=address))
    await keeper.start()
    yield
    await keeper.release()


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Yield an address, and all that is said there, each time answered by hanging up."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int((head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]) or 0)
        heard.append(head + await reader.readexactly(length))
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard
