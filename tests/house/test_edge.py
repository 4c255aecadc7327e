"""deploy/nginx.conf in a real nginx: it passes on requests for gateways, and nothing else."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from chatflow.errors import ChatFlowError, TimedOut, Unavailable
from chatflow.http.answers import error_response
from gateway.web.security_headers import add_security_headers
from tests.house.compose import ROOT
from tests.servers import ServerMissing
from tests.servers.ports import LOCALHOST, accepts_connections, find_free_port
from tests.servers.server import Server
from tests.servers.skips import give_up_without

PAGE = "<!doctype html><title>ChatFlow</title>"


async def echo(request: web.Request) -> web.StreamResponse:
    """Be a gateway that tells what reached it."""
    if request.headers.get("Upgrade") == "websocket":
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"heard {message.data}")
        return socket
    return web.json_response({"path": request.raw_path, "headers": dict(request.headers)})


@pytest.fixture
async def gateway() -> AsyncIterator[web.AppRunner]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, LOCALHOST, 0).start()
    yield runner
    await runner.cleanup()


@pytest.fixture
def nginx(gateway: web.AppRunner, tmp_path: Path) -> Iterator[Server]:
    with open_nginx(tmp_path, gateways=[gateway.addresses[0][1]]) as server:
        yield server


@contextmanager
def open_nginx(tmp_path: Path, *, gateways: list[int]) -> Iterator[Server]:
    """The configuration as it is, but for where things lie in a container."""
    binary = shutil.which("nginx")
    if binary is None:
        give_up_without(ServerMissing("nginx", "it is not on the PATH"))
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text(PAGE)
    (pages / "assets" / "index-1a2b.js").write_text("1")
    port = find_free_port()
    addresses = " ".join(f"server {LOCALHOST}:{gateway};" for gateway in gateways)
    replaced = {
        # First, or it would find the paths of a test as well.
        "/tmp/": f"{tmp_path}/",
        "listen 8080": f"listen {LOCALHOST}:{port}",
        # The name of all gateways, as the DNS of the containers would resolve it.
        "http://gateway:8080": "http://gateways",
        "    server {\n": f"    upstream gateways {{ {addresses} }}\n    server {{\n",
        "/usr/share/nginx/html": str(pages),
        "/etc/nginx/security_headers.conf": str(ROOT / "deploy" / "security_headers.conf"),
        # A test needs few connections, and may not raise its limits.
        "worker_rlimit_nofile 65536;": "",
        "worker_connections 32768;": "worker_connections 64;",
        "worker_processes auto;": "worker_processes 1; daemon off; master_process off; user root root;",
    }
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for container, here in replaced.items():
        assert container in text
        text = text.replace(container, here)
    config = tmp_path / "nginx.conf"
    config.write_text(text)
    server = Server(
        "nginx",
        command=[binary, "-c", str(config), "-p", str(tmp_path)],
        folder=tmp_path,
        url=f"http://{LOCALHOST}:{port}",
        answers=lambda: accepts_connections(port),
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
async def browser(nginx: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(nginx.url) as session:
        yield session


async def test_sockets_go_through(browser: aiohttp.ClientSession) -> None:
    async with browser.ws_connect("/socket.io/?EIO=4&transport=websocket") as socket:
        await socket.send_str("안녕")

        assert await socket.receive_str(timeout=5) == "heard 안녕"


async def test_a_poll_whose_answer_is_lost_is_not_asked_again_of_another_gateway(tmp_path: Path) -> None:
    """A poll that may have been answered is not repeated: the second answer would begin after the lost one."""
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    gateways = [await asyncio.start_server(hang_up, LOCALHOST, 0) for _ in range(2)]
    ports = [server.sockets[0].getsockname()[1] for server in gateways]
    with open_nginx(tmp_path, gateways=ports) as nginx:
        async with (
            aiohttp.ClientSession(nginx.url) as browser,
            browser.get("/socket.io/?EIO=4&transport=polling&sid=g-1.x") as answer,
        ):
            assert answer.status == 503
    for server in gateways:
        server.close()
    assert len(asked) == 1


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling&sid=g-1", "/api/rooms/a%2Fb?x=%20"])
async def test_requests_go_through_as_they_were_asked(path: str, browser: aiohttp.ClientSession) -> None:
    async with browser.get(URL(path, encoded=True), headers={"Host": "chat.example:8443"}) as answer:
        seen = await answer.json()

    assert seen["path"] == path
    assert seen["headers"]["Host"] == "chat.example:8443"
    assert seen["headers"]["X-Forwarded-Host"] == "chat.example:8443"


async def test_what_a_client_claims_about_itself_goes_no_further(browser: aiohttp.ClientSession) -> None:
    claims = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}

    for path in ("/api/users/me", "/socket.io/?EIO=4&transport=polling"):
        async with browser.get(path, headers=claims) as answer:
            seen = (await answer.json())["headers"]
        assert seen["X-Forwarded-For"] == LOCALHOST
        assert seen["X-Forwarded-Host"] == seen["Host"]
        assert seen["X-Forwarded-Proto"] == "http"


@pytest.mark.parametrize("size", [100, 16_000, 200_000])
async def test_a_gateway_is_asked_when_the_body_is_there(tmp_path: Path, size: int) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    gateway = await asyncio.start_server(answer, LOCALHOST, 0)
    with open_nginx(tmp_path, gateways=[gateway.sockets[0].getsockname()[1]]) as nginx:
        reader, writer = await asyncio.open_connection(*nginx.url.removeprefix("http://").split(":"))
        head = f"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n"
        writer.write(head.encode() + b"x" * (size - 1))
        await writer.drain()
        async with aiohttp.ClientSession(nginx.url) as browser, browser.get("/api/users/me"):
            assert asked == [b"GET /api/users/me HTTP/1.1\r\n"]
        writer.write(b"x")
        async with asyncio.timeout(5):
            await reader.readuntil(b"\r\n")
        writer.close()
    gateway.close()
    assert asked[1:] == [b"POST /api/auth/login HTTP/1.1\r\n"]


@pytest.mark.parametrize("path", ["/metrics", "/internal/append", "/internal", "/api", "/socket.io", "/assets/none.js"])
async def test_nothing_else_of_the_services_is_reachable(path: str, browser: aiohttp.ClientSession) -> None:
    async with browser.get(path) as answer:
        assert answer.status == 404
        assert "headers" not in await answer.text()


@pytest.mark.parametrize("path", ["/", "/rooms/01890a5d", "/favicon.ico"])
async def test_every_route_of_the_client_is_its_page_and_always_fresh(
    path: str, browser: aiohttp.ClientSession
) -> None:
    async with browser.get(path) as answer:
        assert await answer.text() == PAGE
        assert answer.headers["Cache-Control"] == "no-cache"


async def test_files_named_after_their_content_stay_for_a_year(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/assets/index-1a2b.js") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", "/assets/index-1a2b.js"])
async def test_pages_say_the_same_here_and_at_the_gateway(path: str, browser: aiohttp.ClientSession) -> None:
    at_gateway = web.Response(text=PAGE, content_type="text/html")
    await add_security_headers(make_mocked_request("GET", path), at_gateway)
    wanted = {name: value for name, value in at_gateway.headers.items() if not name.startswith("Content-T")}

    async with browser.get(path) as answer:
        assert len(wanted) >= 6
        assert {name: answer.headers.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("path", "error"), [("/socket.io/?EIO=4", Unavailable(retry_after=1.0)), ("/api/users/me", TimedOut())]
)
async def test_without_a_gateway_it_says_so_as_a_gateway_would(
    path: str, error: ChatFlowError, browser: aiohttp.ClientSession, gateway: web.AppRunner
) -> None:
    await gateway.cleanup()
    expected = error_response(error)

    async with browser.get(path) as answer:
        assert (answer.status, answer.content_type) == (expected.status, "application/json")
        assert await answer.read() == expected.body
        assert answer.headers.get("Retry-After") == expected.headers.get("Retry-After")


async def test_the_log_holds_no_session_ids(browser: aiohttp.ClientSession, nginx: Server) -> None:
    async with browser.get("/socket.io/?EIO=4&sid=worth-a-password", headers={"X-Request-Id": "look-for-me"}) as answer:
        assert answer.status == 200
    nginx.stop()

    line = next(line for line in nginx.log.read_text().splitlines() if "look-for-me" in line)
    assert json.loads(line)["path"] == "/socket.io/"
    assert not re.search("worth-a-password", nginx.log.read_text())
