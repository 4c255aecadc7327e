"""Socket.IO, spoken by hand: connecting, namespaces, attachments, and what closes the connection."""

import aiohttp
import pytest

from gateway.engine.packets import decode_json
from tests.chatflow.conditions import until
from tests.gateway.raw import SOCKET, WebSocket, serve_conformance


async def enter(ws: WebSocket, namespace: str = "") -> None:
    await ws.put(f"40{namespace}")
    assert (await ws.get()).startswith(f"40{namespace}{{")
    assert await ws.get() == f'42{namespace}["auth",{{}}]'


@pytest.mark.parametrize("namespace", ["", "/custom,"])
async def test_a_client_is_told_its_id_before_anything_else(namespace: str) -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await ws.put(f'40{namespace}{{"token":"123"}}')
        connected = await ws.get()
        assert connected.startswith(f"40{namespace}{{")
        assert list(decode_json(connected[2 + len(namespace) :])) == ["sid"]
        assert await ws.get() == f'42{namespace}["auth",{{"token":"123"}}]'


@pytest.mark.parametrize("namespace", ["", "/custom,"])
async def test_events_acks_and_attachments_come_back_in_order(namespace: str) -> None:
    placeholders = '{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]'
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await enter(ws, namespace)
        await ws.put(f'42{namespace}["message",1,"2",{{"3":[true]}}]', f'42{namespace}456["message-with-ack","안녕"]')
        await ws.put(f'452-{namespace}["message",{placeholders}]')
        await ws.put_binary(b"\x01")
        await ws.put_binary(b"\x02")
        await ws.put(f'452-{namespace}7["message-with-ack",{placeholders}]')
        await ws.put_binary(b"\x03")
        await ws.put_binary(b"\x04")
        await ws.put(f'42{namespace}["message","last"]')
        assert [await ws.get() for _ in range(9)] == [
            f'42{namespace}["message-back",1,"2",{{"3":[true]}}]',
            f'43{namespace}456["\\uc548\\ub155"]',
            f'452-{namespace}["message-back",{placeholders}]',
            b"\x01",
            b"\x02",
            f"462-{namespace}7[{placeholders}]",
            b"\x03",
            b"\x04",
            f'42{namespace}["message-back","last"]',
        ]


async def test_attachments_by_polling_come_back() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling(SOCKET)
        await session.post("40")
        await session.poll()
        await session.post('451-["message",{"_placeholder":true,"num":0}]\x1ebAQID')
        assert await session.poll() == (200, '451-["message-back",{"_placeholder":true,"num":0}]\x1ebAQID')


async def test_namespaces_are_entered_and_left_one_by_one() -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await enter(ws)
        await enter(ws, "/custom,")
        await ws.put("41/custom,", '42/custom,["message","lost"]', '42["message","kept"]')
        assert await ws.get() == '42["message-back","kept"]'
        await enter(ws, "/custom,")
        await ws.put("41", '42/custom,["message","kept"]')
        assert await ws.get() == '42/custom,["message-back","kept"]'


async def test_an_unknown_namespace_is_refused_and_ends_nothing() -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await ws.put("40/random,", "40/other")
        assert [await ws.get() for _ in range(2)] == [
            '44/random,{"message":"Invalid namespace"}',
            '44/other,{"message":"Invalid namespace"}',
        ]
        await enter(ws)


async def test_a_client_that_connects_to_nothing_is_closed() -> None:
    async with serve_conformance(connect_ms=50) as raw, raw.opened(SOCKET) as ws:
        await ws.until_closed()


async def test_a_client_that_left_has_as_long_to_come_back_as_at_first() -> None:
    async with serve_conformance(connect_ms=50) as raw, raw.opened(SOCKET) as ws:
        await enter(ws)
        await ws.put("41")
        await ws.until_closed()


@pytest.mark.parametrize(
    "packets",
    [
        *(["4abc"], ["49"], ["42"], ["42[]"], ["42{}"], ['42abc["x"]'], ["42/custom,{}"], ['46["ack"]']),
        *(["40"], ["40/custom,", "40/custom,"]),
        *(["45"], ['4511-["x"]'], ["451-[]", '42["message"]']),
    ],
)
async def test_what_is_no_packet_for_a_server_closes_the_connection(packets: list[str]) -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await enter(ws)
        await ws.put(*packets)
        await ws.until_closed()


async def test_a_client_that_gives_up_entering_a_namespace_is_not_let_in_and_may_try_anew() -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await enter(ws)
        await ws.put("40/custom,", "41/custom,", '42["message","kept"]')
        assert await ws.get() == '42["message-back","kept"]'
        await ws.put("40/custom,", "41/custom,", "40/custom,")
        assert (await ws.get()).startswith("40/custom,{")
        assert await ws.get() == '42/custom,["auth",{}]'


BEFORE_CONNECT = ['42["message",1]', '421["message-with-ack",1]', '451-["message",{"_placeholder":true,"num":0}]', "41"]
TOO_EARLY = ["an event before connecting", "a packet before connecting"]
NAMESPACES = pytest.mark.parametrize("connect", ["", "40", "40/custom,"])


@NAMESPACES
@pytest.mark.parametrize("packet", BEFORE_CONNECT)
async def test_what_comes_before_the_answer_to_connect_closes_the_connection(connect: str, packet: str) -> None:
    async with serve_conformance() as raw, raw.opened(SOCKET) as ws:
        await ws.put(*filter(None, [connect, packet]))
        assert await ws.until_closed() == aiohttp.WSCloseCode.PROTOCOL_ERROR
        assert ws.reason in TOO_EARLY
        assert ws.seen == []
        await until(lambda: raw.sessions == 0)


@NAMESPACES
@pytest.mark.parametrize("packet", BEFORE_CONNECT)
async def test_by_polling_it_is_a_bad_request_and_releases_the_poll(connect: str, packet: str) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling(SOCKET)
        poll = await session.begin_poll()
        status, text = await session.post("\x1e".join(filter(None, [connect, packet])))
        assert status == 400
        assert decode_json(text) in TOO_EARLY
        assert await poll == (200, "1")
        assert (await session.poll())[0] == 400
