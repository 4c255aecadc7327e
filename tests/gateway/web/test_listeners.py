"""The gateway's HTTP listeners: the proxy for REST, commands by REST, and the browser client's files."""

import asyncio
import gzip
import json
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from chatflow.ids import new_id
from tests.gateway.conftest import Gateway
from tests.gateway.world import World

# Of no room and no invitation. Fixed, so that the names of the tests are the same in each process of a run.
NOBODYS_ID = "00000000-0000-7000-8000-000000000001"


async def test_rest_goes_on_to_its_service_with_its_body(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    async with http.post("/api/auth/login?a=%20b", data="body", headers={"X-Request-Id": "my-request-1"}) as response:
        assert await response.json() == {"path": "/api/auth/login?a=%20b", "method": "POST", "body": "body"}
        assert response.headers["X-Own"] == "kept"
        assert response.headers["X-Request-Id"] == "my-request-1"
        assert "Keep-Alive" not in response.headers
    assert gateway.services.echoed[0]["x-request-id"] == "my-request-1"


async def test_a_service_learns_who_asks_and_not_what_a_client_claims(
    gateway: Gateway, http: aiohttp.ClientSession
) -> None:
    claims = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil", "Connection": "keep-alive, X-Hop", "X-Hop": "x"}
    async with http.get("/api/users/me", headers=claims) as response:
        assert response.status == 200
    seen = gateway.services.echoed[0]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-host"] in gateway.url
    assert "x-hop" not in seen


@pytest.mark.parametrize(
    "path",
    [
        "/internal/users",
        "/metrics",
        "/api/internal/users",
        "/api/unknown",
        "/api/usersx",
        "/api/rooms/%2e%2e/%2e%2e/internal/rows",
        "/api/rooms/..%2f..%2finternal/rows",
    ],
)
async def test_nothing_else_of_a_service_can_be_reached(
    gateway: Gateway, http: aiohttp.ClientSession, path: str
) -> None:
    from yarl import URL

    async with http.get(URL(path, encoded=True)) as response:
        assert response.status == 404
        assert (await response.json())["error"]["code"] == "not_found"
    assert not gateway.services.echoed


async def test_a_service_that_is_down_is_unavailable(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    await gateway.services.server.close()
    async with http.get("/api/users/me") as response:
        assert response.status == 503
        assert (await response.json())["error"]["retryable"] is True


async def test_each_services_health_has_an_address(http: aiohttp.ClientSession) -> None:
    for name in ("users", "messages", "notifications"):
        async with http.get(f"/api/{name}/health") as response:
            assert await response.json() == {"status": "ok"}


async def test_a_message_can_be_sent_without_a_socket(
    gateway: Gateway, world: World, http: aiohttp.ClientSession, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    headers = {"Authorization": f"Bearer {gateway.token(alice)}", "Idempotency-Key": "k1"}
    for status, duplicate in ((201, False), (200, True)):
        async with http.post(f"/api/rooms/{room.id}/messages", json={"text": "hi"}, headers=headers) as response:
            assert response.status == status
            assert (await response.json())["duplicate"] is duplicate
    await device.has(room.id, [2])


async def test_a_message_by_rest_wants_a_token_a_key_and_a_body(
    gateway: Gateway, world: World, http: aiohttp.ClientSession, alice: str
) -> None:
    path = f"/api/rooms/{world.room(alice).id}/messages"
    bearer = {"Authorization": f"Bearer {gateway.token(alice)}"}
    key = {"Idempotency-Key": "k"}
    for headers, body, status in [
        (key, '{"text":"x"}', 401),
        (bearer, '{"text":"x"}', 400),
        (bearer | key, "[", 400),
        (bearer | key, "[]", 400),
        (bearer | key, '{"text":1}', 400),
        (bearer | key, '{"text":"' + "x" * 70_000 + '"}', 413),
    ]:
        async with http.post(path, data=body, headers=headers) as response:
            assert response.status == status, body[:40]


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Request-Id"])
async def test_a_header_that_is_no_text_harms_nobody(gateway: Gateway, world: World, alice: str, header: str) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    heads = {"Idempotency-Key": b"k", "X-Request-Id": b"r", "Authorization": b"Bearer " + gateway.token(alice).encode()}
    heads[header] = b"\xff\xfe"
    head = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in heads.items())
    body = b'{"text":"hi"}'
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(gateway.url).port)
    writer.write(b"POST /api/rooms/%s/messages HTTP/1.1\r\nHost: localhost\r\n" % room.id.encode() + head)
    writer.write(b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    # In the same tick, and so perhaps in the same publication.
    sent = asyncio.create_task(device.ask("message:send", {"room_id": room.id, "cid": "1", "text": "hello"}))
    async with asyncio.timeout(3):
        status = await reader.readline()
        assert (await sent)["ok"]
    assert status.startswith(b"HTTP/1.1 400" if header == "Idempotency-Key" else b"HTTP/1.1 201")
    writer.close()


async def test_an_invitations_secret_is_shown_once_and_only_its_hash_travels(
    gateway: Gateway, world: World, http: aiohttp.ClientSession, alice: str
) -> None:
    room = world.room(alice)
    headers = {"Authorization": f"Bearer {gateway.token(alice)}"}
    async with http.post(f"/api/rooms/{room.id}/invites", json={"uses": 1}, headers=headers) as response:
        assert response.status == 201
        token = (await response.json())["token"]
    room_id, _, secret = token.partition(".")
    assert room_id == room.id
    assert len(secret) >= 20
    assert secret not in str(gateway.worker.received)


async def test_a_strangers_room_and_an_unknown_one_answer_alike_by_rest(
    gateway: Gateway, world: World, http: aiohttp.ClientSession, alice: str
) -> None:
    headers = {"Authorization": f"Bearer {gateway.token(alice)}", "Idempotency-Key": "k"}
    async with http.post(f"/api/rooms/{new_id()}/messages", json={"text": "hi"}, headers=headers) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/api/system/status"), ("GET", "/api/services/status"), ("GET", "/api/users/health")),
        *(("POST", f"/api/rooms/{NOBODYS_ID}/messages"), ("POST", f"/api/rooms/{NOBODYS_ID}/invites")),
        *(
            ("DELETE", f"/api/rooms/{NOBODYS_ID}/invites/{NOBODYS_ID}"),
            ("GET", "/api/users/me"),
            ("GET", "/api/unknown"),
        ),
        *(("PUT", "/api/system/status"), ("GET", "/api/")),
    ],
)
async def test_every_rest_path_counts_against_the_address(
    valkey_url: str, tmp_path: Path, method: str, path: str
) -> None:
    gateway = Gateway(valkey_url, tmp_path / "ui", rest_calls_per_second=1)
    await gateway.start()
    try:
        async with aiohttp.ClientSession(gateway.url) as http:
            answers = [await http.request(method, path) for _ in range(20)]
            refused = answers[-1]
            assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
            error = (await refused.json())["error"]
            assert (error["code"], error["retry_after"]) == ("rate_limited", 1.0)
            assert "1 s" in error["message"]
            for answer in answers:
                answer.release()
    finally:
        await gateway.close()


@pytest.mark.parametrize("path", ["/api/users/me", "/api/system/status", "/api/rooms/mine?x=1", "/api/notifications"])
async def test_what_is_somebodys_is_kept_by_no_cache(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")


async def test_without_a_build_the_page_says_how_to_make_one(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as response:
        assert "make ui" in await response.text()
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_the_built_client_is_served_with_its_routes_and_caching(
    gateway: Gateway, http: aiohttp.ClientSession
) -> None:
    ui = gateway.ui_dir
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text("<!doctype html>the client")
    (ui / "assets" / "index-abc.js").write_text("1")
    (ui.parent / "secret").write_text("secret")
    for path in ("/", "/rooms/123"):
        async with http.get(path) as response:
            assert "the client" in await response.text()
            assert response.headers["Cache-Control"] == "no-cache"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get("/assets/index-abc.js") as response:
        assert "immutable" in response.headers["Cache-Control"]
        assert response.content_type in ("text/javascript", "application/javascript")
    (ui / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(b"1"))
    async with http.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"}) as response:
        assert (response.headers["Content-Encoding"], await response.text()) == ("gzip", "1")
        assert response.content_type in ("text/javascript", "application/javascript")
        assert "Accept-Encoding" in response.headers["Vary"]
    for path in ("/assets/index-old.js", "/assets/..%2f..%2fsecret"):
        async with http.get(path) as response:
            assert response.status == 404


@pytest.mark.parametrize(
    "words",
    [
        b"GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nCookie: chatflow_refresh=mine; filler=%s\r\n\r\n"
        % (b"x" * 20_000),
        b"GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer mine\x01\r\n\r\n",
        b"GET /api/auth/me?token=mine%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"x" * 20_000),
        b"GET http://mine:mine@x:99999/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["a long cookie", "an odd header", "a long target", "an odd target"],
)
async def test_what_is_no_http_is_refused_and_not_quoted(gateway: Gateway, words: bytes) -> None:
    """An answer must not repeat a request's cookies, which a page's scripts may not read."""
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(words)
    async with asyncio.timeout(5):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.split(b" ")[1] == b"400"
    assert b"X-Content-Type-Options: nosniff" in head
    assert b"server:" not in head.lower()
    assert json.loads(body)["error"]["code"] == "invalid"
    assert b"mine" not in body


async def test_what_a_client_expects_it_gets_from_us_and_no_service_has_to_know(
    gateway: Gateway, http: aiohttp.ClientSession
) -> None:
    async with http.post("/api/auth/login", data="body", expect100=True) as response:
        assert (await response.json())["body"] == "body"
    assert "expect" not in gateway.services.echoed[0]
