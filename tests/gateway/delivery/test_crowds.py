"""Too many sockets: a person's oldest is closed, an address's next one is refused for now, and nobody else notices."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp.test_utils import make_mocked_request

from chatflow.errors import RateLimited
from chatflow.process.settings import Settings
from gateway.engine.addresses import Addresses
from gateway.engine.buckets import BURST_SECONDS
from gateway.sessions.address_rates import AddressRates
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway

Open = Callable[..., Awaitable[Gateway]]


@pytest.fixture
async def open_gateway(valkey_url: str, tmp_path: Path) -> AsyncIterator[Open]:
    """Call `await open_gateway(connections_per_person=2)` for a gateway with these settings."""
    async with AsyncExitStack() as stack:

        @asynccontextmanager
        async def running(settings: dict[str, Any]) -> AsyncIterator[Gateway]:
            gateway = Gateway(valkey_url, tmp_path / "ui", **settings)
            await gateway.start()
            try:
                yield gateway
            finally:
                await gateway.close()

        async def call(**settings: Any) -> Gateway:
            return await stack.enter_async_context(running(settings))

        yield call


async def handshake(gateway: Gateway, **headers: str) -> int:
    """Open a session that nobody ever uses."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{gateway.url}/socket.io/?EIO=4&transport=polling", headers=headers) as response,
    ):
        return response.status


async def test_the_newest_device_of_a_person_is_let_in_and_the_oldest_told_to_go(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_person=2)
    alice, bob = gateway.world.person("alice"), gateway.world.person("bob")
    other = await gateway.device(bob)
    first, second, third = [await gateway.device(alice) for _ in range(3)]

    assert await first.told("session:ending") == {"reason": "too_many"}
    await until(lambda: not first.client.connected)
    for device in (second, third, other):
        assert (await device.ask("ping:app", {}))["ok"]
        assert not device.all("session:ending")


async def test_an_address_with_too_many_sessions_is_asked_to_come_back_later(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=2)
    alice = gateway.world.person("alice")
    devices = [await gateway.device(alice) for _ in range(2)]
    assert await handshake(gateway) == 429

    waiting = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.05)
    refused = asyncio.Event()
    waiting.on("connect_error", lambda _: refused.set())
    connecting = asyncio.create_task(
        waiting.connect(gateway.url, auth={"token": gateway.token(alice)}, transports=["websocket"], retry=True)
    )
    await refused.wait()
    await devices[0].client.disconnect()
    # It came back by itself, as soon as there was room.
    await connecting
    assert (await waiting.call("ping:app", {}))["ok"]
    await waiting.disconnect()


async def test_an_address_with_too_many_silent_connections_gets_no_more(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=2)
    host, port = gateway.url.removeprefix("http://").split(":")
    silent = [await asyncio.open_connection(host, int(port)) for _ in range(9)]

    def count_closed() -> int:
        return sum(reader.at_eof() or reader.exception() is not None for reader, _ in silent)

    await until(lambda: count_closed() >= 1)
    with pytest.raises(aiohttp.ClientError):
        await handshake(gateway)

    for _, writer in silent:
        writer.close()
    await until_let_in(gateway)


async def until_let_in(gateway: Gateway) -> None:
    async with asyncio.timeout(5):
        while True:
            with suppress(aiohttp.ClientError):
                assert await handshake(gateway) == 200
                return


async def come_and_go(gateway: Gateway, *, times: int) -> list[int]:
    """Open a websocket and hang up, again and again, and return how each was answered."""
    host, port = gateway.url.removeprefix("http://").split(":")
    key = base64.b64encode(bytes(16)).decode()
    statuses = []
    for _ in range(times):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        statuses.append(int((await reader.readuntil(b"\r\n\r\n")).split()[1]))
        writer.close()
    return statuses


async def test_an_address_that_comes_and_goes_without_end_is_asked_to_come_back_later(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=50)
    statuses = await come_and_go(gateway, times=300)
    assert statuses[:100] == [101] * 100
    assert set(statuses[100:]) == {101, 429}
    # Calls and pages have limits of their own, and sockets come in again soon.
    assert await until_answered(gateway, calls=1) == [200]
    async with asyncio.timeout(5):
        while await handshake(gateway) != 200:
            pass


async def test_whoever_sets_no_limit_has_none_for_coming_and_going(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=0)
    assert await come_and_go(gateway, times=300) == [101] * 300


def count_entries(addresses: Addresses, address: str, *, tries: int) -> int:
    """Open so many sessions, close them all, and return how many it was let in with."""
    entries = [addresses.enter(address) for _ in range(tries)]
    for _ in filter(None, entries):
        addresses.leave(address)
    return sum(entries)


def test_as_many_as_an_address_may_have_come_back_at_once_and_more_soon() -> None:
    now = [0.0]
    addresses = Addresses(sessions_at_most=1000, clock=lambda: now[0])
    assert count_entries(addresses, "office", tries=1000) == 1000
    assert count_entries(addresses, "office", tries=1000) == 0
    assert count_entries(addresses, "home", tries=1) == 1
    now[0] += 1.0
    assert count_entries(addresses, "office", tries=2000) == 100
    now[0] += BURST_SECONDS
    assert count_entries(addresses, "office", tries=2000) == 1000


def test_an_address_that_opens_nothing_any_more_is_forgotten() -> None:
    now = [0.0]
    addresses = Addresses(sessions_at_most=1000, clock=lambda: now[0])
    for number in range(100):
        addresses.enter(f"203.0.113.{number}")
    addresses.sweep()
    assert len(addresses) == 100
    now[0] += BURST_SECONDS
    addresses.sweep()
    assert len(addresses) == 0


async def test_behind_a_proxy_of_ours_addresses_are_told_apart_and_cannot_be_invented(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=1, trusted_proxies=1)
    assert await handshake(gateway, **{"X-Forwarded-For": "203.0.113.1"}) == 200
    assert await handshake(gateway, **{"X-Forwarded-For": "198.51.100.9, 203.0.113.1"}) == 429
    assert await handshake(gateway, **{"X-Forwarded-For": "203.0.113.2"}) == 200


async def test_without_a_proxy_of_ours_a_client_cannot_name_another_address(open_gateway: Open) -> None:
    gateway = await open_gateway(connections_per_address=1)
    assert await handshake(gateway, **{"X-Forwarded-For": "203.0.113.1"}) == 200
    assert await handshake(gateway, **{"X-Forwarded-For": "203.0.113.2"}) == 429


@pytest.mark.parametrize(
    ("trusted_proxies", "address"),
    [(0, "127.0.0.1"), (1, "198.51.100.9")],
)
async def test_a_service_is_told_the_one_address_that_can_be_believed(
    open_gateway: Open, trusted_proxies: int, address: str
) -> None:
    gateway = await open_gateway(trusted_proxies=trusted_proxies)
    headers = {"X-Forwarded-For": "10.1.1.1, 198.51.100.9", "X_Forwarded_For": "10.2.2.2"}
    async with aiohttp.ClientSession(gateway.url) as http, http.get("/api/users/me", headers=headers) as response:
        assert response.status == 200
    headers_told = gateway.services.echoed[0]
    told = {name: value for name, value in headers_told.items() if name.replace("_", "-") == "x-forwarded-for"}
    assert told == {"x-forwarded-for": address}


async def until_answered(gateway: Gateway, *, calls: int, **headers: str) -> list[int]:
    """Make so many REST calls at once, and return how they were answered."""
    async with aiohttp.ClientSession(gateway.url, headers=headers) as http:

        async def status() -> int:
            async with http.get("/api/rooms") as response:
                return response.status

        return sorted(await asyncio.gather(*(status() for _ in range(calls))))


async def test_an_address_with_too_many_rest_calls_is_told_when_to_come_back(open_gateway: Open) -> None:
    gateway = await open_gateway(rest_calls_per_second=1)
    assert await until_answered(gateway, calls=10) == [200] * 10
    async with aiohttp.ClientSession(gateway.url) as http, http.post("/api/auth/login", data="x" * 100_000) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        error = (await response.json())["error"]
    assert (error["code"], error["retryable"], error["retry_after"]) == ("rate_limited", True, 1.0)
    assert len(gateway.services.echoed) == 10
    # Sockets and pages have limits of their own.
    assert await handshake(gateway) == 200
    async with aiohttp.ClientSession(gateway.url) as http, http.get("/") as response:
        assert response.status == 200


async def test_whoever_waits_as_told_may_call_again(open_gateway: Open) -> None:
    gateway = await open_gateway(rest_calls_per_second=5)
    assert 429 in await until_answered(gateway, calls=60)
    async with asyncio.timeout(5):
        while await until_answered(gateway, calls=1) != [200]:
            pass


async def test_rest_calls_behind_a_proxy_of_ours_count_for_who_made_them(open_gateway: Open) -> None:
    gateway = await open_gateway(rest_calls_per_second=1, trusted_proxies=1)
    claims = {"X-Forwarded-For": "198.51.100.9, 203.0.113.1"}
    assert 429 in await until_answered(gateway, calls=12, **claims)
    assert await until_answered(gateway, calls=1, **{"X-Forwarded-For": "203.0.113.2"}) == [200]
    assert await until_answered(gateway, calls=1, **{"X-Forwarded-For": "198.51.100.9"}) == [200]


async def test_of_ipv6_a_network_makes_rest_calls_as_one(open_gateway: Open) -> None:
    gateway = await open_gateway(rest_calls_per_second=1, trusted_proxies=1)
    for number in range(10):
        assert await until_answered(gateway, calls=1, **{"X-Forwarded-For": f"2001:db8::{number + 1}"}) == [200]
    assert await until_answered(gateway, calls=1, **{"X-Forwarded-For": "2001:db8::ffff"}) == [429]


async def test_a_class_that_opens_the_app_at_once_meets_no_limit_as_it_comes(open_gateway: Open) -> None:
    gateway = await open_gateway(rest_calls_per_second=Settings().rest_calls_per_second)
    assert await until_answered(gateway, calls=1000) == [200] * 1000


def test_an_address_that_was_quiet_is_forgotten() -> None:
    now = [0.0]
    address_rates = AddressRates(Settings(rest_calls_per_second=2), clock=lambda: now[0])
    request = make_mocked_request("GET", "/api/rooms")
    for _ in range(20):
        address_rates.spend(request)
    with pytest.raises(RateLimited):
        address_rates.spend(request)
    now[0] = 0.5
    address_rates.spend(request)
    with pytest.raises(RateLimited):
        address_rates.spend(request)
    address_rates.sweep()
    assert len(address_rates) == 1

    now[0] += BURST_SECONDS
    address_rates.sweep()
    assert len(address_rates) == 0
