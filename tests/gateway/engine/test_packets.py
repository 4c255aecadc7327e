"""How many packets a client may send, and how many of them are handled before others get a turn."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
import socketio
from structlog.testing import capture_logs

from gateway.engine.limits import EARLY_PACKETS, PACKETS_PER_SECOND, Limits
from gateway.engine.session import EngineSession
from gateway.engine.slices import BURST_SECONDS
from tests.chatflow.conditions import until
from tests.gateway.echo import Echo, echo_server
from tests.gateway.raw import SOCKET, Raw

FEW = 2
AT_ONCE = 20
ENTER = '40{"token":"let me in"}'
# Short ones, as many as a payload holds.
MANY = 8_000


class Turning(Echo):
    """Notes in which turn of the loop each event came."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[int] = []
        self.turn = 0
        self._turn_on()

    def on_event(self, connection: EngineSession, name: Any, args: list[Any], ack_id: int | None) -> None:
        super().on_event(connection, name, args, ack_id)
        self.turns.append(self.turn)

    def _turn_on(self) -> None:
        self.turn += 1
        asyncio.get_running_loop().call_later(0, self._turn_on)


@asynccontextmanager
async def raw_echo(per_second: int, echo: Echo | None = None) -> AsyncIterator[tuple[Raw, Echo]]:
    limits = Limits(packets_per_second=per_second)
    async with echo_server(echo=echo, limits=limits) as (url, served), aiohttp.ClientSession() as http:
        yield Raw(url, http, []), served


KINDS = pytest.mark.parametrize(
    "packets",
    [["3"], ["40/a,"], ["43[]"], ['42["x"]'], ['42/a,["x"]'], ["41/a,"], ['421["echo"]']],
    ids=["pongs", "unknown namespaces", "acks", "events", "events elsewhere", "disconnects", "asked events"],
)


@KINDS
async def test_every_packet_counts_and_one_too_many_closes_the_websocket(packets: list[str]) -> None:
    async with raw_echo(FEW) as (raw, echo):
        async with raw.opened(SOCKET) as ws:
            await ws.put(ENTER)
            await until(lambda: bool(echo.sessions))
            with capture_logs() as logs:
                await ws.put(*packets * (AT_ONCE - 1))
                await ws.put("3", "3", "3")
                assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR
            assert ws.reason == "too many packets"
            await until(lambda: not echo.sessions)
        assert [line["event"] for line in logs] == ["a client sent too many packets"]


@KINDS
async def test_every_packet_of_a_payload_counts(packets: list[str]) -> None:
    async with raw_echo(FEW) as (raw, echo):
        session = await raw.open_polling(SOCKET)
        await session.post(ENTER)
        await until(lambda: bool(echo.sessions))
        assert (await session.post("\x1e".join(packets * 30)))[0] == 400
        assert not echo.sessions


# What a stranger can send, which is answered or passed over.
EARLY = pytest.mark.parametrize("packet", ["3", "40/a,"], ids=["pongs", "unknown namespaces"])


@EARLY
async def test_a_websocket_that_nobody_has_signed_in_by_sends_few_packets(packet: str) -> None:
    async with raw_echo(100_000) as (raw, _), raw.opened(SOCKET) as ws:
        await ws.put('40{"token":"made up"}', *[packet] * (EARLY_PACKETS - 1))
        await ws.put(packet)
        assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR
        assert ws.reason == "too many packets"


@EARLY
async def test_a_payload_of_a_session_that_nobody_has_signed_in_by_holds_few_packets(packet: str) -> None:
    async with raw_echo(100_000) as (raw, _):
        session = await raw.open_polling(SOCKET)
        assert (await session.post("\x1e".join([packet] * EARLY_PACKETS)))[0] == 200
        assert (await session.post(packet))[0] == 400


async def test_what_a_client_may_send_at_once_begins_when_it_has_signed_in() -> None:
    async with raw_echo(PACKETS_PER_SECOND) as (raw, echo), raw.opened(SOCKET) as ws:
        await ws.put(*["3"] * (EARLY_PACKETS - 1), ENTER)
        await until(lambda: bool(echo.sessions))
        await ws.put(*["3"] * int(PACKETS_PER_SECOND * BURST_SECONDS - 1))
        await ws.put('427["echo"]')
        await until(lambda: bool(echo.received))


async def test_signing_in_again_by_the_same_socket_gives_nothing_more() -> None:
    async with raw_echo(FEW) as (raw, echo), raw.opened(SOCKET) as ws:
        await ws.put(ENTER)
        await until(lambda: bool(echo.sessions))
        await ws.put(*["3"] * (AT_ONCE - 4), "41")
        await until(lambda: not echo.sessions)
        await ws.put(ENTER)
        await until(lambda: bool(echo.sessions))
        await ws.put(*["3"] * (AT_ONCE // 2))
        assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR


async def test_frames_that_are_no_packets_count_too() -> None:
    async with raw_echo(FEW) as (raw, _), raw.opened(SOCKET) as ws:
        for _ in range(AT_ONCE + 1):
            await ws.ping()
        assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR


async def test_polls_that_are_answered_at_once_count_too() -> None:
    async with raw_echo(FEW) as (raw, _):
        session = await raw.open_polling(SOCKET)
        async with raw.websocket(SOCKET, sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            statuses = [(await session.poll())[0] for _ in range(AT_ONCE + 2)]
    assert statuses[:AT_ONCE] == [200] * AT_ONCE
    assert statuses[-1] == 400


async def test_who_sends_steadily_is_never_closed() -> None:
    async with raw_echo(100_000) as (raw, echo), raw.opened(SOCKET) as ws:
        await ws.put(ENTER)
        await until(lambda: bool(echo.sessions))
        await ws.put(*["3"] * 5_000)
        await ws.put('427["echo"]')
        await until(lambda: bool(echo.received))


async def test_nothing_is_counted_where_there_is_no_limit() -> None:
    async with raw_echo(0) as (raw, _):
        session = await raw.open_polling(SOCKET)
        assert (await session.post("\x1e".join([ENTER, *["40/a,"] * 10_000])))[0] == 200


async def test_a_stock_client_empties_a_queue_of_thousands_by_default() -> None:
    many = int(PACKETS_PER_SECOND * BURST_SECONDS * 0.8)
    client = socketio.AsyncClient(reconnection=False)
    async with echo_server() as (url, echo):
        await client.connect(url, auth={"token": "let me in"}, transports=["websocket"])
        for number in range(many):
            await client.emit("echo", number)
        await until(lambda: len(echo.received) == many)
        await client.disconnect()
    assert echo.received == [["echo", number] for number in range(many)]


async def by_payload(raw: Raw, packets: list[str]) -> None:
    session = await raw.open_polling(SOCKET)
    assert (await session.post(ENTER))[0] == 200
    assert (await session.post("\x1e".join(packets)))[0] == 200


async def by_websocket(raw: Raw, packets: list[str]) -> None:
    async with raw.opened(SOCKET) as ws:
        await ws.put(ENTER)
        assert (await ws.get())[:2] == "40"
        await ws.put(*packets)
        await ws.put('427["last"]')
        while not (await ws.get()).startswith("437["):
            pass


@pytest.mark.parametrize("send", [by_payload, by_websocket])
async def test_what_comes_at_once_is_handled_in_order_and_in_many_turns(send: Callable[..., Any]) -> None:
    turning = Turning()
    async with raw_echo(0, turning) as (raw, _):
        await send(raw, [f'42["x",{number}]' for number in range(MANY)])
    numbers = [event[1] for event in turning.received if event[0] == "x"]
    assert numbers == list(range(MANY))
    most = max(turning.turns.count(turn) for turn in set(turning.turns))
    assert most < MANY / 2


async def test_an_upgrade_waits_for_the_payload_that_is_under_way() -> None:
    """Else what comes by websocket could overtake what is left of it."""
    turning = Turning()
    async with raw_echo(0, turning) as (raw, _):
        session = await raw.open_polling(SOCKET)
        await session.post(ENTER)
        async with raw.websocket(SOCKET, sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            payload = asyncio.create_task(session.post("\x1e".join(f'42["x",{n}]' for n in range(MANY))))
            await until(lambda: len(turning.received) > 1)
            await ws.put("5", '42["x",-1]')
            assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR
            assert (await payload)[0] == 200
    numbers = [event[1] for event in turning.received]
    assert all(before < after for before, after in pairwise(numbers))
