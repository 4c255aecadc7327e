"""Connections that do not get to the point: each is closed in its time, and nobody else waits for it."""

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from chatflow.ids import new_id
from gateway.engine.limits import Limits
from gateway.web.bodies import LARGE_AT_ONCE_PER_ADDRESS
from gateway.web.listeners import listen
from tests.chatflow.conditions import until
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


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.engine.timeouts.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("gateway.engine.timeouts.IDLE_SECONDS", 0.8)
    monkeypatch.setattr("gateway.service.Limits", partial(Limits, connect_seconds=0.3))
    monkeypatch.setattr("gateway.web.bodies.BODY_SECONDS", 0.3)


@asynccontextmanager
async def connection(
    gateway: Gateway, words: bytes = b"", *, limit: int = 65536
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect, and say this."""
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=limit)
    writer.write(words)
    try:
        yield reader, writer
    finally:
        writer.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return what came before the end."""
    async with asyncio.timeout(3):
        return await reader.read()


async def answered(reader: asyncio.StreamReader) -> bytes:
    """Read an answer of /health whole, and return its status line."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return head.partition(b"\r\n")[0]


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


async def status_of(http: aiohttp.ClientSession, url: str) -> int:
    async with http.get(url) as response:
        return response.status


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


def by_somebody(gateway: Gateway, request_bytes: bytes) -> bytes:
    """Nobody else's large bodies are taken."""
    bearer = b"Host: localhost\r\nAuthorization: Bearer %s" % gateway.token(new_id()).encode()
    return request_bytes.replace(b"Host: localhost", bearer)


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


@hurried
@pytest.mark.parametrize("path", [b"/api/auth/login", b"/api/rooms/%s/messages" % (b"0" * 36)])
async def test_a_body_that_does_not_come_is_not_waited_for(gateway: Gateway, path: bytes, alice: str) -> None:
    head = (
        b"POST %s HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nAuthorization: Bearer %s\r\n"
        b"Content-Length: 100\r\n\r\n"
    )
    async with connection(gateway, head % (path, gateway.token(alice).encode()) + b"{") as (reader, _):
        async with asyncio.timeout(3):
            assert (await answered(reader)).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("path", [b"/api/auth/login", b"/api/files"])
@pytest.mark.parametrize("size", [100, 16_000, 64_000])
async def test_a_service_is_asked_when_the_body_is_there(gateway: Gateway, path: bytes, size: int) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (path, size)
    async with connection(gateway, head + b"x" * (size - 1)) as (reader, writer), aiohttp.ClientSession() as http:
        assert await status_of(http, f"{gateway.url}/api/users/me") == 200
        assert gateway.services.begun == 1
        writer.write(b"x")
        async with asyncio.timeout(3):
            assert await answered(reader) == b"HTTP/1.1 200 OK"


async def test_of_large_bodies_one_address_has_only_so_many_at_a_time(gateway: Gateway) -> None:
    head = by_somebody(gateway, b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(connection(gateway, head + b"x" * 90_000))
            for _ in range(LARGE_AT_ONCE_PER_ADDRESS + 1)
        ]
        answers = {asyncio.create_task(answered(reader)): writer for reader, writer in streams}
        done, held = await asyncio.wait(answers, timeout=3, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [b"HTTP/1.1 429 Too Many Requests"]
        # A small one is everybody's.
        async with connection(gateway, head.replace(b"100000", b"1000") + b"x" * 1000) as (reader, _):
            async with asyncio.timeout(3):
                assert await answered(reader) == b"HTTP/1.1 200 OK"
        for task in held:
            answers[task].write(b"x" * 10_000)
        async with asyncio.timeout(3):
            assert set(await asyncio.gather(*held)) == {b"HTTP/1.1 200 OK"}
    assert gateway.services.begun == len(held) + 1


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 100000\r\n\r\n" + b"{" * 70_000,
        b"Transfer-Encoding: chunked\r\n\r\n11170\r\n%s\r\n" % (b"{" * 70_000),
    ],
    ids=["by length", "in chunks"],
)
async def test_bodies_that_break_off_do_not_look_as_if_a_service_had_failed(gateway: Gateway, body: bytes) -> None:
    head = by_somebody(gateway, b"POST /api/files HTTP/1.1\r\nHost: localhost\r\n")
    for number in range(1, 11):
        async with connection(gateway, head + body):
            await until(lambda number=number: gateway.services.begun == number)  # type: ignore[misc]
    async with aiohttp.ClientSession() as http:
        assert await status_of(http, f"{gateway.url}/api/users/me") == 200


async def test_a_packed_body_goes_on_as_it_came_and_no_longer_than_it_says(gateway: Gateway) -> None:
    packed = gzip.compress(b"x" * 10_000)
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{gateway.url}/api/users", data=packed, headers={"Content-Encoding": "gzip"}) as response,
    ):
        assert (await response.json())["body"] == "x" * 10_000
    assert gateway.services.echoed[0]["content-length"] == str(len(packed))


@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_that_is_too_large_goes_no_further(gateway: Gateway, is_chunked: bool) -> None:
    size = 1024 * 1024 + 1
    framing = {
        False: (b"Content-Length: %d" % size, b""),
        True: (b"Transfer-Encoding: chunked", b"%x\r\n" % size),
    }
    header, chunk = framing[is_chunked]
    head = by_somebody(gateway, b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n" % header)
    async with connection(gateway, head + chunk + b"x" * size) as (reader, _):
        async with asyncio.timeout(3):
            assert (await answered(reader)).startswith(b"HTTP/1.1 413")
    assert not gateway.services.echoed


async def test_many_silent_sockets_do_not_stop_anybody_from_coming_in(gateway: Gateway, alice: str) -> None:
    words = [b"", HEAD, WEBSOCKET]
    async with AsyncExitStack() as stack:
        for number in range(SILENT_SOCKETS):
            await stack.enter_async_context(connection(gateway, words[number % len(words)]))
        async with asyncio.timeout(3):
            device = await gateway.device(alice)
            assert (await device.ask("ping:app", {}))["ok"]


@pytest.mark.parametrize("path", [b"/api/files", b"/api/auth/login"])
@pytest.mark.parametrize("credential", [b"", b"Authorization: Bearer guessed\r\n"], ids=["nothing", "a guess"])
async def test_of_a_strangers_large_body_nothing_is_taken(gateway: Gateway, path: bytes, credential: bytes) -> None:
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s" % (path, credential)
    for rest in (b"Content-Length: 70000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n11170\r\n%s" % (b"x" * 70_000)):
        async with connection(gateway, head + rest) as (reader, _), asyncio.timeout(3):
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 401")
            assert b"Connection: close" in answer
    assert not gateway.services.begun


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
