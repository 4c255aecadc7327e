"""A storm of connections: a crowd that connects at once, reads what it is shown, disconnects, and connects again."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp

from tests.actors.answers import ConnectionLost, SignInRefused
from tests.actors.http import Http
from tests.actors.link_lean import LeanLink

COMERS = 500
READY_WITHIN_SECONDS = 20.0
AGAIN_AFTER_SECONDS = 0.2


async def storm(url: str, *, token: str, comers: int = COMERS) -> None:
    """Return when each of them has been let in once; who is turned away comes again."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(Http(connector=aiohttp.TCPConnector(limit=0)))
        try:
            async with asyncio.timeout(READY_WITHIN_SECONDS):
                await asyncio.gather(*(come(url, http, token=token, stack=stack) for _ in range(comers)))
        except TimeoutError:
            raise TimeoutError(f"not all {comers} were let in within {READY_WITHIN_SECONDS:g} s") from None


async def come(url: str, http: Http, *, token: str, stack: AsyncExitStack) -> None:
    while True:
        is_let_in = asyncio.Event()
        link = LeanLink(url, http=http.session)
        try:
            await link.open(
                token=token,
                on_packet=lambda name, _=None, let_in=is_let_in: let_in.set() if name == "ready" else None,  # type: ignore[misc]
                on_close=is_let_in.set,
            )
        except (ConnectionLost, SignInRefused):
            await asyncio.sleep(AGAIN_AFTER_SECONDS)
            continue
        stack.push_async_callback(link.close)
        await is_let_in.wait()
        return
