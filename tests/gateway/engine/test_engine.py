"""The engine as stock clients see it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import socketio
import socketio.exceptions

from gateway.engine.limits import UNSENT_BYTES, Limits
from gateway.engine.session import EngineSession
from tests.chatflow.conditions import until
from tests.gateway.echo import Echo, echo_server

LET_ME_IN = {"token": "let me in"}
TRANSPORTS = pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])


@pytest.fixture
async def client() -> AsyncIterator[socketio.AsyncClient]:
    client = socketio.AsyncClient(reconnection=False)
    yield client
    await client.disconnect()


@TRANSPORTS
async def test_a_stock_client_connects_and_is_answered(client: socketio.AsyncClient, transports: list[str]) -> None:
    async with echo_server() as (url, _):
        await client.connect(url, auth=LET_ME_IN, transports=transports)
        assert await client.call("echo", {"a": "안녕"}) == {"ok": True, "echo": ["echo", {"a": "안녕"}]}


@TRANSPORTS
async def test_a_refused_handshake_is_a_connect_error_with_code_and_error_object(
    client: socketio.AsyncClient, transports: list[str]
) -> None:
    refusals: list[Any] = []
    client.on("connect_error", refusals.append)
    async with echo_server() as (url, echo):
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(url, auth={"token": "wrong"}, transports=transports)
        assert [refusal["message"] for refusal in refusals] == ["unauthenticated"]
        assert refusals[0]["data"] == {
            "code": "unauthenticated",
            "message": "Sign in first.",
            "retryable": False,
        }
        assert not echo.sessions


@TRANSPORTS
async def test_what_is_sent_to_a_client_arrives_in_order_while_its_transport_changes(
    client: socketio.AsyncClient, transports: list[str]
) -> None:
    numbers: list[int] = []
    client.on("number", numbers.append)
    async with echo_server() as (url, echo):
        connecting = asyncio.create_task(client.connect(url, auth=LET_ME_IN, transports=transports))
        await until(lambda: bool(echo.sessions))
        for number in range(500):
            echo.sessions[0].send_packet(f'42["number",{number}]')
            await asyncio.sleep(0)
        await connecting
        await until(lambda: len(numbers) == 500)
        assert numbers == list(range(500))


@TRANSPORTS
async def test_pipelined_events_of_one_client_are_handled_in_order(
    client: socketio.AsyncClient, transports: list[str]
) -> None:
    async with echo_server() as (url, echo):
        await client.connect(url, auth=LET_ME_IN, transports=transports)
        for number in range(300):
            await client.emit("echo", number)
        await until(lambda: len(echo.received) == 300)
        assert echo.received == [["echo", number] for number in range(300)]


async def handshake(session: aiohttp.ClientSession, url: str) -> str:
    async with session.get(f"{url}/socket.io/?EIO=4&transport=polling") as response:
        opened = await response.text()
    sid: str = opened.partition('"sid":"')[2].partition('"')[0]
    poll = f"{url}/socket.io/?EIO=4&transport=polling&sid={sid}"
    async with session.post(poll, data='40{"token":"let me in"}') as response:
        assert response.status == 200
    return poll


async def test_a_polling_payload_of_forty_packets_is_read_whole() -> None:
    async with echo_server() as (url, echo), aiohttp.ClientSession() as session:
        poll = await handshake(session, url)
        async with session.get(poll) as response:
            assert (await response.text()).startswith("40{")
        async with session.post(poll, data="\x1e".join(f'42["echo",{number}]' for number in range(40))) as response:
            assert response.status == 200
        assert echo.received == [["echo", number] for number in range(40)]


class Clumsy(Echo):
    """Trips over whatever it is told."""

    def on_event(self, connection: EngineSession, name: Any, args: list[Any], ack_id: int | None) -> None:
        raise ZeroDivisionError


async def test_a_payload_that_the_application_trips_over_ends_the_session_and_nothing_else() -> None:
    async with echo_server(echo=Clumsy()) as (url, echo), aiohttp.ClientSession() as session:
        poll, other = await handshake(session, url), await handshake(session, url)
        await until(lambda: len(echo.sessions) == 2)
        async with session.post(poll, data='42["echo"]') as response:
            assert response.status == 400
        assert await status_of(session, poll) == 400
        assert await status_of(session, other) == 200
        assert echo.over == ["server error"]


async def test_a_payload_of_one_byte_too_many_ends_the_session() -> None:
    async with echo_server() as (url, _), aiohttp.ClientSession() as session:
        poll = await handshake(session, url)
        async with session.post(poll, data="4" * (256 * 1024 + 1)) as response:
            assert response.status == 400
        async with session.get(poll) as response:
            assert response.status == 400


async def test_a_second_poll_at_once_ends_the_session() -> None:
    async with echo_server() as (url, echo), aiohttp.ClientSession() as session:
        poll = await handshake(session, url)
        async with session.get(poll) as response:
            await response.text()
        statuses = await asyncio.gather(*(status_of(session, poll) for _ in range(2)))
        assert sorted(statuses) == [200, 400]
        assert echo.over == ["two polls at once"]


async def status_of(session: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with session.get(url, headers=headers) as response:
        return response.status


@asynccontextmanager
async def raw_websocket(url: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A websocket that has seen the OPEN packet."""
    address = f"{url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as ws:
        assert (await ws.receive_str()).startswith("0{")
        yield ws


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        ("4abc", "not a packet"),
        ("42{}", "an event is an array"),
        ('42abc["x"]', "not JSON"),
        ("9", "unknown packet"),
        ('40{"token":"let me in"}', "connecting twice"),
        ("451-[]", None),
    ],
)
async def test_what_no_stock_client_sends_ends_the_session(packet: str, reason: str | None) -> None:
    async with echo_server() as (url, echo), raw_websocket(url) as ws:
        await ws.send_str('40{"token":"let me in"}')
        await until(lambda: bool(echo.sessions))
        await ws.send_str(packet)
        await ws.send_str("4x")
        await until(lambda: bool(echo.over))
        assert echo.over[0] == (reason or "attachments were announced")


@pytest.mark.parametrize("payload", ['"\\ud800"', "[" * 5000 + "]" * 5000, "NaN", "null", "12345678901234567890123"])
async def test_a_bad_payload_is_answered_and_closes_nothing(payload: str) -> None:
    async with echo_server() as (url, echo), raw_websocket(url) as ws:
        await ws.send_str('40{"token":"let me in"}')
        assert [(await ws.receive_str())[:2] for _ in range(2)] == ["40", "42"]
        await ws.send_str(f'427["echo",{payload}]')
        await ws.send_str('428["echo",1]')
        assert [(await ws.receive_str())[:3] for _ in range(2)] == ["437", "438"]
        assert not echo.over


async def test_an_event_before_connecting_ends_the_session() -> None:
    async with echo_server() as (url, echo), raw_websocket(url) as ws:
        await ws.send_str('42["echo"]')
        message = await ws.receive()
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert not echo.received


async def test_an_unknown_namespace_is_refused_with_an_object() -> None:
    async with echo_server() as (url, _), raw_websocket(url) as ws:
        await ws.send_str("40/admin,")
        assert await ws.receive_str() == '44/admin,{"message":"Invalid namespace"}'


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://chat.example", 200),
        ("https://chat.example.evil.example", 400),
        ("https://evilchat.example", 400),
        ("http://chat.example", 400),
        ("null", 400),
    ],
)
async def test_only_allowed_origins_open_sessions(origin: str, status: int) -> None:
    async with echo_server(allowed_origins=["https://chat.example"]) as (url, _), aiohttp.ClientSession() as session:
        assert await status_of(session, f"{url}/socket.io/?EIO=4&transport=polling", Origin=origin) == status


async def test_without_a_list_only_the_own_host_opens_sessions() -> None:
    async with echo_server() as (url, _), aiohttp.ClientSession() as session:
        poll = f"{url}/socket.io/?EIO=4&transport=polling"
        assert await status_of(session, poll, Origin=url) == 200
        assert await status_of(session, poll, Origin=f"{url}0") == 400


async def test_a_reader_that_stalls_is_cut_off_within_a_mebibyte() -> None:
    async with echo_server() as (url, echo):
        stalled = await open_stalled_reader(url, echo)
        packet = f'42["event","{"x" * 3000}"]'
        for _ in range(10_000):
            echo.sessions[0].send_packet(packet)
            await asyncio.sleep(0)
            if not echo.sessions:
                break
        assert echo.over == ["slow consumer"]
        stalled.close()


async def test_pings_of_a_reader_that_stalls_fill_no_memory() -> None:
    ping = bytes([0x89, 0x80 | 125, 0, 0, 0, 0]) + b"x" * 125
    async with echo_server(limits=Limits(packets_per_second=0)) as (url, echo):
        stalled = await open_stalled_reader(url, echo)
        for _ in range(250):
            stalled.write(ping * 1000)
            await stalled.drain()
        event = b'42["heard"]'
        stalled.write(bytes([0x81, 0x80 | len(event), 0, 0, 0, 0]) + event)
        await until(lambda: echo.received == [["heard"]])
        assert echo.sessions[0].unsent_bytes < UNSENT_BYTES
        stalled.close()


async def test_pings_of_a_reader_that_reads_are_all_answered() -> None:
    limits = Limits(packets_per_second=0)
    async with echo_server(limits=limits) as (url, _), aiohttp.ClientSession() as session:
        address = f"{url}/socket.io/?EIO=4&transport=websocket"
        async with session.ws_connect(address, autoping=False) as ws:
            await ws.receive_str()
            for number in range(2000):
                await ws.ping(b"%d" % number)
            assert [(await ws.receive(timeout=5)).data for _ in range(2000)] == [b"%d" % n for n in range(2000)]


async def open_stalled_reader(url: str, echo: Echo) -> asyncio.StreamWriter:
    """Connect by hand, and then never read again."""
    host, port = url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    text = b'40{"token":"let me in"}'
    writer.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)
    await until(lambda: bool(echo.sessions))
    return writer
