"""A caller does not notice the restart of a service, and nothing is done twice because of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from chatflow.errors import TimedOut, Unavailable
from chatflow.http.breaker import FAILURES_TO_OPEN
from gateway.web.bodies import Body
from gateway.web.upstream import Upstream
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
    async with await upstream.request("GET", upstream.url_of("/thing"), may_repeat=True) as answer:
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
    monkeypatch.setattr("gateway.web.upstream.RESTART_SECONDS", 0.1)
    silence = aiohttp.ClientTimeout(sock_read=0.3)
    async with serving(port, silent=True) as asked, aiohttp.ClientSession(timeout=silence) as session:
        with pytest.raises(TimedOut):
            await read(Upstream("a service", f"http://{LOCALHOST}:{port}", session))
    assert asked == ["GET"]


async def test_a_write_waits_with_its_body_for_a_connection(upstream: Upstream, port: int) -> None:
    writing = asyncio.create_task(upstream.request("POST", upstream.url_of("/thing"), may_repeat=False, data=b"body"))
    await until(lambda: upstream._down_since is not None)
    async with serving(port) as asked, await writing as answer:
        assert answer.status == 200
    assert asked == ["POST"]


async def test_a_write_that_was_broken_off_is_not_asked_again(upstream: Upstream, port: int) -> None:
    async with serving(port, breaking_off=1) as asked:
        with pytest.raises(TimedOut):
            await upstream.request("POST", upstream.url_of("/thing"), may_repeat=False)
    assert asked == ["POST"]


async def test_a_read_gives_up_when_the_restart_takes_too_long_and_the_next_one_at_once(upstream: Upstream) -> None:
    with pytest.raises(Unavailable):
        await read(upstream)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(Unavailable):
        await read(upstream)
    assert asyncio.get_running_loop().time() - begun < 1.0


@asynccontextmanager
async def serving_heads(port: int, answers: dict[bytes, bytes]) -> AsyncIterator[None]:
    """Say this by each method, or nothing, as soon as the head is there, and hang up with the body unread."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(answers[head.partition(b" ")[0]])
        writer.close()

    async with await asyncio.start_server(answer, LOCALHOST, port):
        yield


HERE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhere"


@pytest.mark.parametrize("size", [2**15, 2**20])
async def test_a_service_that_does_not_take_a_body_has_not_failed(upstream: Upstream, port: int, size: int) -> None:
    async with serving_heads(port, {b"POST": b"", b"GET": HERE}):
        for _ in range(2 * FAILURES_TO_OPEN):
            with pytest.raises(TimedOut):
                await upstream.request("POST", upstream.url_of("/thing"), may_repeat=False, data=b"x" * size)
        assert await read(upstream) == "here"


class Upload(Body):
    """A body that is there."""

    def __init__(self, content: bytes) -> None:
        self.is_large, self.refusal, self.content, self.taken = True, None, content, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.on_taken()
        for begin in range(0, len(self.content), 2**16):
            self.taken += 2**16
            yield self.content[begin : begin + 2**16]


async def test_a_service_that_does_not_want_a_stream_is_sent_nothing_of_it(upstream: Upstream, port: int) -> None:
    async with serving_heads(port, {b"POST": HERE.replace(b"200 OK", b"404 Not Found")}):
        for _ in range(2 * FAILURES_TO_OPEN):
            upload = Upload(b"x" * 2**23)
            async with await upstream.request(
                "POST", upstream.url_of("/thing"), may_repeat=False, data=upload
            ) as answer:
                assert (answer.status, await answer.text()) == (404, "here")
            assert not upload.taken


async def test_a_service_that_is_silent_on_whether_it_wants_a_stream_is_not_waited_for(
    upstream: Upstream, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.web.upstream.SILENCE_SECONDS", 0.1)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(say_nothing, LOCALHOST, port):
        with pytest.raises(TimedOut):
            await upstream.request("POST", upstream.url_of("/thing"), may_repeat=False, data=Upload(b"x"))
    assert upstream._breaker._failures == 1
