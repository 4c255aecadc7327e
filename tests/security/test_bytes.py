"""Bytes that are no text, wherever a request can carry them: refused or overlooked, and never a fault of ours."""

import pytest

from tests.journeys.conftest import Invite
from tests.journeys.system import System
from tests.security.stranger import Stranger
from tests.security.test_slow_bodies import port_of

ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"
TARGETS = [
    *("/", "/assets/x", "/rooms/x", "/socket.io/", "/api/system/status", "/api/unknown", "/health"),
    *("/api/users", "/api/users/me", f"/api/users/{ID}", "/api/users/me/blocks", "/api/users/health"),
    *("/api/users/me/email", "/api/auth/email/confirm"),
    *("/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/sessions", f"/api/auth/sessions/{ID}"),
    *("/api/auth/password/change", "/api/rooms", "/api/rooms/public", f"/api/rooms/{ID}", f"/api/rooms/{ID}/members"),
    *(f"/api/rooms/{ID}/messages", f"/api/rooms/{ID}/messages/{ID}", f"/api/rooms/{ID}/messages/{ID}/thread"),
    *(f"/api/rooms/{ID}/events", f"/api/rooms/{ID}/pins", f"/api/rooms/{ID}/invites", f"/api/rooms/{ID}/invites/{ID}"),
    *("/api/search", "/api/files", "/api/notifications", "/api/notifications/preferences", "/api/notifications/read"),
]
# A byte that begins nothing, half a character, an encoded surrogate, one that is longer than it may be, a NUL, beyond
# what there is; escaped, and as they are.
ESCAPED = ["%FF", "%C3", "%ED%A0%80", "%C0%AF", "%00", "%F4%90%80%80", "%u0000", "%", "%zz"]
BARE = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\x80"]
# Cursors among them whose content is no text, or not what it should be: {"\xff":1}, ["\x00","\x00"].
ODD = [
    b"%FF",
    b"%00",
    b"\xff",
    b"9" * 30,
    b"-1",
    b"1e999",
    b"NaN",
    b"eyL_IjoxfQ",
    b"WyJcdTAwMDAiLCJcdTAwMDAiXQ",
    b"____",
]
ODD += [b"eyJhdCI6Ilx1MDAwMCIsImlkIjoiXHUwMDAwIiwibmV3ZXIiOnRydWV9", b"W1tbW1tbW1tbW1tbW1tbW1tbW1tb" * 400]
QUERY = (
    *("q", "ids", "before", "after", "around", "limit", "cursor", "sid", "EIO", "transport", "user_id", "unread"),
    *("from", "in", "room", "ids[]", "emoji", "kind"),
)
HEADERS = [
    *(
        "Authorization",
        "Cookie",
        "Origin",
        "Content-Type",
        "Content-Encoding",
        "Accept",
        "Accept-Language",
        "X-ChatFlow",
    ),
    *("Idempotency-Key", "X-Request-Id", "If-None-Match", "If-Modified-Since", "Range", "Host", "X-Forwarded-For"),
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Service-Credential", "Expect", "Upgrade", "Sec-WebSocket-Key"),
    *("Transfer-Encoding", "Content-Length", "User-Agent", "Referer", "Accept-Encoding", "traceparent"),
]
BODIES = [
    *(b"\xff", b'{"login":"\xff","password":"\xc3"}', b'{"login":"\\ud800","password":"\\udfff"}'),
    *(
        b'{"login":"a\\u0000","password":"\\u0000"}',
        b'{"\xff":1}',
        b'{"\\ud800":1}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
    ),
    *(
        b'{"refresh":"\xff"}',
        b'{"refresh":"\\ud800"}',
        b'{"username":"\\ud800","password":"\\ud800","display_name":"\\u0000"}',
    ),
    *(
        b'{"ids":["\\ud800","\\u0000"]}',
        b'{"ids":[]}',
        b'{"text":"\\ud800","display_name":"\\ud800"}',
        b"[" * 5000,
        b"\x00",
    ),
    *(b'{"current":"\\ud800","new":"\\u0000"}', b'{"role":"\\ud800","uses":1e999}', b"1e999", b"NaN", b'{"uses":NaN}'),
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def request(
    target: bytes, *, method: str = "GET", token: str, body: bytes = b"", headers: dict[str, bytes] | None = None
) -> bytes:
    told = {
        "Host": b"localhost",
        "Authorization": b"Bearer " + token.encode(),
        "Connection": b"close",
        "Idempotency-Key": b"k",
        "Content-Type": b"application/json",
        "Content-Length": str(len(body)).encode(),
        **(headers or {}),
    }
    lines = [method.encode() + b" " + target + b" HTTP/1.1", *(name.encode() + b": " + told[name] for name in told)]
    return b"\r\n".join([*lines, b"", b""]) + body


async def faults(stranger: Stranger, requests: list[bytes]) -> list[tuple[int, bytes, str]]:
    """Return each request that is answered as a fault of ours, with the answer."""
    found = []
    for asked in requests:
        answer = await stranger.say(asked)
        if answer.status >= 500:
            found.append((answer.status, asked, answer.body))
    return found


@pytest.fixture
async def token(invite: Invite) -> str:
    return await (await invite("alice")).access_token()


@pytest.mark.parametrize("target", TARGETS)
async def test_in_a_path_and_in_a_query(stranger: Stranger, token: str, target: str) -> None:
    strange = [*(escaped.encode() for escaped in ESCAPED), *BARE]
    start, _, rest = target.rpartition("/")
    paths = [f"{start}/".encode() + word + rest.encode() for word in strange]
    paths += [f"{target}/".encode() + word for word in strange]
    queries = [f"{target}?".encode() + b"&".join(name.encode() + b"=" + word for name in QUERY) for word in strange]
    queries += [f"{target}?".encode() + word + b"=1" for word in strange]
    one_by_one = [f"{target}?{name}=".encode() + word for name in QUERY for word in ODD]
    asked = [request(asked, token=token) for asked in [*paths, *queries, *one_by_one]]
    asked += [request(path, method="POST", token=token) for path in paths]
    assert await faults(stranger, asked) == []


@pytest.mark.parametrize("target", TARGETS)
async def test_in_a_header(stranger: Stranger, token: str, target: str) -> None:
    asked = [
        request(target.encode(), method=method, token=token, headers={name: value})
        for name in HEADERS
        for value in (b"\xff", b"Bearer \xff\xc3", b"a=\xff; b=\xed\xa0\x80")
        for method in ("GET", "POST")
    ]
    assert await faults(stranger, asked) == []


@pytest.mark.parametrize("target", TARGETS)
async def test_in_a_body(stranger: Stranger, token: str, target: str) -> None:
    asked = [
        request(target.encode(), method=method, token=token, body=body) for body in BODIES for method in METHODS[1:]
    ]
    types = [
        b"application/json; charset=\xff",
        b"application/json; charset=utf-16",
        b"application/json; charset=nothing",
    ]
    types += [
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"multipart/form-data",
        b"text/plain",
    ]
    asked += [
        request(target.encode(), method="POST", token=token, body=b"\xff=\xff&a=%FF%00", headers={"Content-Type": kind})
        for kind in types
    ]
    assert await faults(stranger, asked) == []


@pytest.mark.parametrize(
    ("kind", "targets"),
    [
        (
            "user_service",
            [
                "/internal/users",
                "/internal/facts",
                "/internal/revocations",
                "/.well-known/jwks.json",
                "/api/users",
                "/api/auth/login",
            ],
        ),
        ("message_service", ["/internal/append", "/internal/connect", "/api/rooms", f"/api/rooms/{ID}/messages"]),
        ("notification_service", ["/api/notifications", "/api/notifications/read", "/metrics"]),
        ("gateway", ["/internal/socket.io/", "/metrics", "/health"]),
    ],
)
async def test_by_an_inner_port(system: System, token: str, kind: str, targets: list[str]) -> None:
    inner = Stranger(f"http://127.0.0.1:{port_of(system, kind)}")
    strange = [*(escaped.encode() for escaped in ESCAPED), *BARE]
    asked = [request(f"{target}?a=".encode() + word, token=token) for target in targets for word in strange]
    asked += [request(f"{target}/".encode() + word, token=token) for target in targets for word in strange]
    asked += [
        request(target.encode(), method=method, token=token, headers={name: value})
        for target in targets
        for name in HEADERS
        for value in (b"\xff", b"Service \xff", b"Bearer \xc3")
        for method in ("GET", "POST")
    ]
    asked += [request(target.encode(), method="POST", token=token, body=body) for target in targets for body in BODIES]
    assert await faults(inner, asked) == []
