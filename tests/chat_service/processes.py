"""The real processes: a worker and message_service on SQLite, started as in production and shut down properly."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.servers.ports import find_free_port

READY_SECONDS = 20.0
STOP_SECONDS = 8.0
SERVICE_SECRET = secrets.token_hex(32)


@asynccontextmanager
async def running(module: str, *, log: Path, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run `python -m module` until the end of the block; yields the process and its address once it is ready."""
    port = find_free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    own = {
        "CHATFLOW_PORT": str(port),
        "CHATFLOW_SERVICE_SECRET": SERVICE_SECRET,
        "CHATFLOW_DJANGO_SECRET_KEY": secrets.token_hex(32),
        # Nobody answers there, and nobody needs to.
        "CHATFLOW_USER_SERVICE_URL": f"http://127.0.0.1:{find_free_port()}",
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, env=environment | own | settings, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await until_ready(process, url, log=log)
        yield process, url
    finally:
        await stop(process)


async def until_ready(process: asyncio.subprocess.Process, url: str, *, log: Path) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(READY_SECONDS):
        while True:
            assert process.returncode is None, log.read_text()  # noqa: ASYNC240 - the end of a test
            try:
                async with session.get(f"{url}/ready") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


async def stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(STOP_SECONDS):
        await process.wait()
