"""A gateway answers only under its own host names, which protects from DNS rebinding."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chatflow.process.settings import SettingsError, read_settings
from tests.gateway.conftest import Gateway

OURS = ["https://chat.example", "http://Chat.Internal:9000/", "https://[2001:db8::7]:8443"]


@pytest.fixture
async def named(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(valkey_url, tmp_path / "ui", public_url=OURS)
    await gateway.start()
    yield gateway
    await gateway.close()


async def ask(gateway: Gateway, path: str, *heads: str) -> tuple[int, str]:
    """Return the status and the answer's body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(gateway.url).port)
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", *heads, "Connection: close", "", ""]).encode())
    async with asyncio.timeout(5):
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


PATHS = pytest.mark.parametrize("path", ["/", "/api/users/me", "/socket.io/?EIO=4&transport=polling", "/rooms/1"])
STRANGE = pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8080", "localhost.evil.example", "chat.example.evil.example", "xchat.example"),
        *("127.0.0.1.evil.example", "[::1].evil.example", "[evil.example]", "2130706433", "0x7f.1", "chat.example:x"),
        *("chat.example@evil.example", "evil.example/chat.example", "chat.example\tevil", ""),
    ],
)


@PATHS
@STRANGE
async def test_another_name_is_answered_421_and_told_the_setting(gateway: Gateway, path: str, host: str) -> None:
    status, body = await ask(gateway, path, f"Host: {host}")
    assert status == 421
    assert '"code":"invalid"' in body
    assert "CHATFLOW_PUBLIC_URL" in body


@PATHS
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "203.0.113.9:80", "[::1]:8080", "[2001:db8::1]", "localhost", "LOCALHOST:1"]
)
async def test_an_address_and_localhost_are_nobody_elses(gateway: Gateway, path: str, host: str) -> None:
    assert (await ask(gateway, path, f"Host: {host}"))[0] == 200


@pytest.mark.parametrize(
    "host", ["chat.example", "chat.example.", "CHAT.example:8443", "chat.internal", "chat.internal:1"]
)
async def test_the_public_names_are_served_at_any_port(named: Gateway, host: str) -> None:
    assert (await ask(named, "/", f"Host: {host}"))[0] == 200


async def test_probes_are_answered_under_any_name_and_so_is_the_inner_port(gateway: Gateway) -> None:
    assert (await ask(gateway, "/health", "Host: evil.example"))[0] == 200
    assert (await ask(gateway, "/ready", "Host: gateway"))[0] == 200
    gateway.url = gateway.inner_url
    assert (await ask(gateway, "/metrics", "Host: gateway-1:9100"))[0] == 200


async def test_every_host_that_is_named_has_to_be_ours(gateway: Gateway) -> None:
    assert (await ask(gateway, "/", "Host: localhost", "Host: evil.example"))[0] in (400, 421)


async def test_a_host_that_a_proxy_hands_on_has_to_be_ours_too(valkey_url: str, tmp_path: Path) -> None:
    gateway = Gateway(valkey_url, tmp_path / "ui", public_url=OURS, trusted_proxies=1)
    await gateway.start()
    try:
        for handed_on, status in [("chat.example", 200), ("evil.example", 421), ("chat.example, evil.example", 421)]:
            assert (await ask(gateway, "/", "Host: 10.0.0.7", f"X-Forwarded-Host: {handed_on}"))[0] == status
        assert (await ask(gateway, "/", "Host: evil.example", "X-Forwarded-Host: chat.example"))[0] == 421
    finally:
        await gateway.close()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        *(("https://chat.example", 200), ("http://chat.internal:9000", 200), ("https://[2001:db8::7]:8443", 200)),
        *(("http://chat.example", 400), ("https://chat.example:444", 400), ("https://evil.example", 400)),
        ("http://127.0.0.1:5", 200),
    ],
)
async def test_pages_of_a_public_url_open_sockets_wherever_they_are_sent(
    named: Gateway, origin: str, status: int
) -> None:
    heads = ("Host: 127.0.0.1:5", f"Origin: {origin}")
    assert (await ask(named, "/socket.io/?EIO=4&transport=polling", *heads))[0] == status


@pytest.mark.parametrize(
    "url", ["chat.example", "ftp://chat.example", "https://chat.example/app", "https://u@chat.example"]
)
def test_a_public_url_is_an_origin(url: str) -> None:
    with pytest.raises(SettingsError, match="CHATFLOW_PUBLIC_URL"):
        read_settings({"CHATFLOW_PUBLIC_URL": f"https://fine.example,{url}"})
