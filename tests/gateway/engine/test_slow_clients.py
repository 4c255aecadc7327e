"""Slow connections are closed after their time, and nobody else waits for them."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.web.listeners import listen
from tests.chatflow.conditions import until
from tests.gateway.by_hand import answered, by_somebody, connection, status_of, until_closed
from tests.gateway.conftest import Gateway

SILENT_SOCKETS = 400
# More than the kernel keeps on the way.
LARGE = b"x" * 7_500_000
# As the kernel writes it.
ESTABLISHED = "01"
HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
WEBSOCKET = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)

hurried = pytest.mark.usefixtures("hurry")


@hurried
@pytest.mark.parametrize("words", [b"", b"G", HEAD, HEAD + b"X: " + b"x" * 4000])
async def test_a_head_that_is_never_complete_is_not_waited_for(gateway: Gateway, words: bytes) -> None:
    async with connection(gateway, words) as (reader, _):
        assert await until_closed(reader) == b""


@hurried
async def test_a_head_that_comes_letter_by_letter_is_not_waited_for(gateway: Gateway) -> None:
    async with connection(gateway, HEAD + b"X: ") as (reader, writer):

        def has_ended() -> bool:
            writer.write(b"x")
            return reader.at_eof() or reader.exception() is not None

        await until(has_ended)


@hurried
async def test_a_second_request_gets_its_time_from_its_first_byte(gateway: Gateway) -> None:
    async with connection(gateway, HEAD + b"\r\n") as (reader, writer):
        assert await answered(reader) == b"HTTP/1.1 200 OK"
        writer.write(HEAD)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await until_closed(reader) == b""
        # Sooner than a connection that is only idle.
        assert loop.time() - begun < 0.7


@hurried
async def test_an_idle_connection_serves_again_and_is_closed_in_the_end(gateway: Gateway) -> None:
    async with connection(gateway, HEAD + b"\r\n") as (reader, writer):
        assert await answered(reader) == b"HTTP/1.1 200 OK"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):  # longer than a head may take
                await reader.read()
        writer.write(HEAD + b"\r\n")
        assert await answered(reader) == b"HTTP/1.1 200 OK"
        assert await until_closed(reader) == b""


@hurried
async def test_a_websocket_is_no_slow_head(gateway: Gateway, alice: str) -> None:
    device = await gateway.device(alice)
    with pytest.raises(AssertionError):
        await until(lambda: not device.client.connected, within_seconds=1.0)
    assert (await device.ask("ping:app", {}))["ok"]


@hurried
async def test_a_socket_that_does_not_sign_in_is_closed(gateway: Gateway) -> None:
    async with connection(gateway, WEBSOCKET) as (reader, _):
        assert (await until_closed(reader)).startswith(b"HTTP/1.1 101")


@hurried
async def test_a_polling_session_that_does_not_sign_in_is_forgotten(gateway: Gateway) -> None:
    poll = f"{gateway.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as http:
        async with http.get(poll) as response:
            sid = json.loads((await response.text())[1:])["sid"]
        async with asyncio.timeout(3):
            while await status_of(http, f"{poll}&sid={sid}") != 400:
                pass


@pytest.fixture
async def impatient(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that gives a reader half a second, and has a large file to read."""
    gateway = Gateway(valkey_url, tmp_path / "ui", stalled_seconds=0.5)
    (gateway.ui_dir / "assets").mkdir(parents=True)
    (gateway.ui_dir / "assets" / "large.js").write_bytes(LARGE)
    await gateway.start()
    yield gateway
    await gateway.close()


@asynccontextmanager
async def narrow_connection(gateway: Gateway, words: bytes) -> AsyncIterator[tuple[socket.socket, tuple[int, int]]]:
    """Connect and say this, with next to no room for an answer; yields the ports of the gateway's side as well."""
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        narrow.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(narrow, (host, int(port)))
        await loop.sock_sendall(narrow, by_somebody(gateway, words))
        yield narrow, (narrow.getpeername()[1], narrow.getsockname()[1])


def state_of(ports: tuple[int, int]) -> str | None:
    """Return what state the gateway's side of a connection is in, without a word that would count as a sign of life."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, state = line.split()[1:4]
        if tuple(int(end.rpartition(":")[2], 16) for end in (local, remote)) == ports:
            return state
    return None


def is_kept(ports: tuple[int, int]) -> bool:
    return state_of(ports) is not None


STATIC = b"GET /assets/large.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
PROXIED = b"POST /api/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (len(LARGE), LARGE)
MANY_PROXIED = b"POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n%s" % LARGE[:100_000] * 50


@pytest.mark.parametrize("request_bytes", [STATIC, PROXIED, MANY_PROXIED], ids=["static", "proxied", "many"])
async def test_whoever_takes_nothing_of_an_answer_is_cut_off(
    impatient: Gateway, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with narrow_connection(impatient, request_bytes) as (_, ports):
        assert is_kept(ports)
        await until(lambda: not is_kept(ports))
    assert not caplog.records


@pytest.fixture
def without_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on systems whose kernel does not look after it; or while a client keeps the kernel busy."""
    monkeypatch.setattr("gateway.web.listeners.give_up_on_stalled", lambda listening, after_seconds: None)


@pytest.mark.parametrize("request_bytes", [PROXIED, MANY_PROXIED], ids=["proxied", "many"])
async def test_what_waits_with_us_to_be_taken_is_our_own_to_cut_off(
    without_the_kernel: None, impatient: Gateway, request_bytes: bytes
) -> None:
    async with narrow_connection(impatient, request_bytes) as (_, ports):
        assert state_of(ports) == ESTABLISHED
        # What was already with the kernel stays there for a while; nothing here waits for it.
        await until(lambda: state_of(ports) != ESTABLISHED)


async def test_talking_does_not_make_up_for_taking_nothing(impatient: Gateway) -> None:
    async with narrow_connection(impatient, PROXIED) as (client, ports):
        await asyncio.get_running_loop().sock_recv(client, 1)

        def talk() -> bool:
            with suppress(BlockingIOError, ConnectionError):
                client.send(b"\r\n")
            return not is_kept(ports)

        await until(talk)


@pytest.mark.parametrize("request_bytes", [STATIC, PROXIED], ids=["static", "proxied"])
async def test_whoever_takes_an_answer_slowly_gets_all_of_it(impatient: Gateway, request_bytes: bytes) -> None:
    loop = asyncio.get_running_loop()
    begun, size = loop.time(), 0
    async with narrow_connection(impatient, request_bytes) as (client, _):
        while size < len(LARGE):
            chunk = await loop.sock_recv(client, 64 * 1024)
            assert chunk, f"cut off after {size} bytes"
            size += len(chunk)
            await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.01)
    # Else nobody was asked to be patient.
    assert loop.time() - begun > 1.0


async def test_a_client_that_waits_between_answers_takes_all_there_is(impatient: Gateway) -> None:
    async with connection(impatient, HEAD + b"\r\n") as (reader, writer):
        assert await answered(reader) == b"HTTP/1.1 200 OK"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await reader.read()
        writer.write(HEAD + b"\r\n")
        assert await answered(reader) == b"HTTP/1.1 200 OK"


async def test_many_silent_sockets_do_not_stop_anybody_from_coming_in(gateway: Gateway, alice: str) -> None:
    words = [b"", HEAD, WEBSOCKET]
    async with AsyncExitStack() as stack:
        for number in range(SILENT_SOCKETS):
            await stack.enter_async_context(connection(gateway, words[number % len(words)]))
        async with asyncio.timeout(3):
            device = await gateway.device(alice)
            assert (await device.ask("ping:app", {}))["ok"]


async def test_who_hangs_up_in_the_middle_of_an_answer_is_nothing_to_report(caplog: pytest.LogCaptureFixture) -> None:
    over = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65536)
        finally:
            over.set()

    app = web.Application()
    app.router.add_get("/", endless)
    runner, port = await listen(app, host="127.0.0.1", port=0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readexactly(100_000)
    writer.transport.abort()
    async with asyncio.timeout(5):
        await over.wait()
    await runner.cleanup()
    assert not caplog.records
