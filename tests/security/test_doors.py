"""The public port serves no internal path and no file but the pages, however the path is spelled."""

import pytest

from tests.journeys.system import System
from tests.security.stranger import Stranger

TRACES = ("Traceback", 'File "', ".py", "/work/", "site-packages")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "target",
    [
        "/metrics",
        "//metrics",
        "/METRICS",
        "/%6detrics",
        "/metrics/",
        "/./metrics",
        "/x/../metrics",
        "/metrics;x",
        "/socket.io/../metrics",
        "http://127.0.0.1/metrics",
        "/internal/users",
        "//internal/users",
        "/INTERNAL/users",
        "/internal%2fusers",
        "http://127.0.0.1/internal/users",
        "/api/internal/users",
        "/api/users/../../internal/users",
        "/api/users/%2e%2e/%2E%2E/internal/users",
        "/api/users/..%2f..%2finternal%2fusers",
        "/api/users%2f..%2f..%2finternal/users",
        "/api/users/..%5c..%5cinternal",
        "/api/users/%252e%252e/%252e%252e/internal/users",
        "/api/users//internal/users",
        "/api/users/..;/..;/internal/users",
        "/api/messages/internal/rows",
    ],
)
async def test_no_spelling_leads_to_what_is_internal(stranger: Stranger, target: str, method: str) -> None:
    answer = await stranger.ask(target, method=method)
    assert answer.is_page or answer.is_error_object
    assert answer.status in (200, 404, 405)
    assert "# HELP" not in answer.body


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/..%2f..%2fpyproject.toml",
        "/%00",
        "/assets/%00.js",
        f"/{'a' * 5000}",
    ],
)
async def test_no_file_but_the_pages_is_handed_out(stranger: Stranger, target: str) -> None:
    answer = await stranger.ask(target)
    assert answer.status in (200, 404)
    assert answer.is_page or answer.is_error_object
    assert "root:" not in answer.body
    assert "[project]" not in answer.body


@pytest.mark.parametrize("target", ["http://evil.example/api/rooms", "http://@evil.example/api/users/me"])
async def test_a_host_in_the_request_line_changes_nothing(stranger: Stranger, target: str) -> None:
    assert (await stranger.ask(target)).status == 401


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://",
        "http://[",
        "http://{host}.evil.example",
        "http://evil{host}",
        "http://{host}@evil.example",
        "http://evil@{host}",
        "http://{host}/evil",
        "http://{host}?evil",
        "http://{host}, http://evil.example",
        "http://127.0.0.1",
        "ftp://{host}",
        "http://evil.example#{host}",
    ],
)
async def test_a_page_of_an_origin_that_looks_like_ours_opens_no_socket(
    stranger: Stranger, origin: str, transport: str
) -> None:
    assert await stranger.handshake_status(transport=transport, origin=origin.format(host=stranger.host)) == 400


async def test_whoever_is_no_page_opens_a_socket_without_an_origin(stranger: Stranger) -> None:
    answer = await stranger.ask("/socket.io/?EIO=4&transport=polling")
    assert (answer.status, "access-control-allow" in answer.head.lower()) == (200, False)


@pytest.mark.parametrize(("transport", "status"), [("polling", 200), ("websocket", 101)])
async def test_a_page_of_our_own_origin_opens_a_socket(stranger: Stranger, transport: str, status: int) -> None:
    assert await stranger.handshake_status(transport=transport, origin=f"http://{stranger.host}") == status


@pytest.mark.parametrize(
    ("target", "method", "body"),
    [
        ("/api/users", "POST", b"["),
        ("/api/users", "POST", b"[" * 16_000),
        ("/api/users", "POST", b'{"username": 1e999999}'),
        ("/api/users", "POST", b'"\xff"'),
        ("/api/auth/login", "POST", b'{"login": ["x"], "password": {}}'),
        ("/api/auth/login", "POST", b'{"login": "x\\u0000", "password": "\\ud800"}'),
        ("/api/auth/refresh", "POST", b'{"refresh": "../../x"}'),
        ("/api/auth/login", "POST", b'{"login": "' + b"x" * 300_000 + b'"}'),
        ("/api/rooms/%ff/messages", "POST", b"{}"),
        ("/api/rooms?limit=x", "GET", b""),
        ("/api/nothing", "PUT", b""),
        ("/api/users/me", "TRACE", b""),
    ],
)
async def test_nonsense_is_answered_with_an_error_and_no_trace(
    stranger: Stranger, target: str, method: str, body: bytes
) -> None:
    answer = await stranger.ask(target, method=method, body=body, Content_Type="application/json")
    assert 400 <= answer.status < 500
    assert answer.is_error_object
    assert not any(trace in answer.body for trace in TRACES)


async def test_a_header_split_in_a_path_or_id_reaches_no_answer(stranger: Stranger) -> None:
    answers = [
        await stranger.ask("/api/rooms/x%0d%0aX-Evil:%20yes"),
        await stranger.ask("/%0d%0aX-Evil:%20yes"),
        await stranger.ask("/api/rooms", X_Request_Id="x%0d%0aX-Evil: yes"),
    ]
    assert not any("x-evil" in answer.head.lower() for answer in answers)


async def test_what_is_no_http_is_refused_without_being_quoted_in_a_log(stranger: Stranger, system: System) -> None:
    token = "Bearer eyJhbGciOiJub25lIn0.secret-of-someone"
    assert (await stranger.ask("/api/rooms", Authorization=f"{token}\x01")).status == 400
    both = b"POST /api/users HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert (await stranger.say(both)).status == 400
    log = system.log_of("gateway")
    assert "secret-of-someone" not in log
    assert "BadHttpMessage" not in log
