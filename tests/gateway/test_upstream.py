"""Whoever asks does not notice the restart of a service, and nothing is done twice for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from chatflow.errors import TimedOut, Unavailable
from gateway.upstream import Upstream
from tests.chatflow.conditions import until
from tests.servers.ports import LOCALHOST, find_free_port


@pytest.fixture
def port() -> int:
    return find_free_port()


@pytest.fixture
async def upstream(port: int) -> AsyncIterator[Upstream]:
    async with aiohttp.ClientSession() as session:
        yield Upstream("a service", f"http://{LOCALHOST}:{port}", session)


@asynccontextmanager
async def serving(port: int, *, breaking_off: int = 0, silent: bool = False) -> AsyncIterator[list[str]]:
    """Answer on that port, after so many requests that are taken and not answered, or never; yield what was asked."""
    asked: list[str] = []
    over = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.method)
        if len(asked) <= breaking_off:
            assert request.transport is not None
            request.transport.abort()
        if silent:
            await over.wait()
        return web.Response(text="here")

    app = web.Application()
    app.router.add_route("*", "/thing", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, LOCALHOST, port).start()
    try:
        yield asked
    finally:
        over.set()
        await runner.cleanup()


async def read(upstream: Upstream) -> str:
    async with await upstream.ask("GET", upstream.url_of("/thing"), may_repeat=True) as answer:
        return await answer.text()


async def test_a_read_waits_for_a_service_that_is_being_restarted(upstream: Upstream, port: int) -> None:
    reading = asyncio.create_task(read(upstream))
    await until(lambda: upstream._down_since is not None)
    async with serving(port):
        assert await reading == "here"


async def test_a_read_that_was_broken_off_is_asked_again(upstream: Upstream, port: int) -> None:
    async with serving(port, breaking_off=2) as asked:
        assert await read(upstream) == "here"
    assert asked == ["GET"] * 3


async def test_a_read_of_a_service_that_says_nothing_is_not_asked_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.upstream.PATIENCE_SECONDS", 0.1)
    silence = aiohttp.ClientTimeout(sock_read=0.3)
    async with serving(port, silent=True) as asked, aiohttp.ClientSession(timeout=silence) as session:
        with pytest.raises(TimedOut):
            await read(Upstream("a service", f"http://{LOCALHOST}:{port}", session))
    assert asked == ["GET"]


async def test_a_write_waits_with_its_body_for_a_connection(upstream: Upstream, port: int) -> None:
    writing = asyncio.create_task(upstream.ask("POST", upstream.url_of("/thing"), may_repeat=False, data=b"body"))
    await until(lambda: upstream._down_since is not None)
    async with serving(port) as asked, await writing as answer:
        assert answer.status == 200
    assert asked == ["POST"]


async def test_a_write_that_was_broken_off_is_not_asked_again(upstream: Upstream, port: int) -> None:
    async with serving(port, breaking_off=1) as asked:
        with pytest.raises(TimedOut):
            await upstream.ask("POST", upstream.url_of("/thing"), may_repeat=False)
    assert asked == ["POST"]


async def test_a_read_gives_up_when_the_restart_takes_too_long_and_the_next_one_at_once(upstream: Upstream) -> None:
    with pytest.raises(Unavailable):
        await read(upstream)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await read(upstream)
    assert asyncio.get_running_loop().time() - begun < 1.0
