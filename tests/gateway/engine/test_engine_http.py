"""Engine.IO by polling, spoken by hand: what is answered, and what ends a session."""

import asyncio
from urllib.parse import urlsplit

import pytest

from gateway.engine.limits import BACKLOG_EVENTS
from tests.chatflow.conditions import until
from tests.gateway.conformance_server import Conversation
from tests.gateway.raw import ENGINE, SOCKET, WITHIN_SECONDS, serve_conformance

BAD_REQUEST = 400


@pytest.mark.parametrize("path", [ENGINE, SOCKET])
async def test_the_handshake_tells_pings_of_less_than_a_second(path: str) -> None:
    async with serve_conformance(ping_interval_ms=290, ping_timeout_ms=200) as raw:
        session = await raw.open_polling(path)
        assert session.handshake == {
            "sid": session.sid,
            "upgrades": ["websocket"],
            "pingInterval": 290,
            "pingTimeout": 200,
            "maxPayload": 1_000_000,
        }


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", "EIO=4"),
        ("GET", "EIO=4&transport=abc"),
        ("GET", "transport=polling"),
        ("GET", "EIO=abc&transport=polling"),
        ("GET", "EIO=3&transport=polling"),
        ("GET", "EIO=4&transport=websocket"),
        ("POST", "EIO=4&transport=polling"),
        ("PUT", "EIO=4&transport=polling"),
        ("DELETE", "EIO=4&transport=polling"),
        ("GET", "EIO=4&transport=polling&sid=c1.unknown"),
        ("POST", "EIO=4&transport=polling&sid=c1.unknown"),
    ],
)
async def test_what_opens_no_session_and_is_for_none_is_a_bad_request(method: str, query: str) -> None:
    async with serve_conformance() as raw:
        assert (await raw.ask(method, f"{ENGINE}?{query}"))[0] == BAD_REQUEST


@pytest.mark.parametrize(("method", "transport"), [("PUT", "polling"), ("POST", "websocket"), ("GET", "abc")])
async def test_a_wrong_request_for_a_session_is_a_bad_request_and_ends_nothing(method: str, transport: str) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        path = f"{ENGINE}?EIO=4&transport={transport}&sid={session.sid}"
        assert (await raw.ask(method, path, data="4lost"))[0] == BAD_REQUEST
        await session.post("4kept")
        assert await session.poll() == (200, "4kept")


async def test_a_websocket_without_its_headers_leaves_no_session() -> None:
    async with serve_conformance() as raw:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        assert (await raw.ask("GET", f"{ENGINE}?EIO=4&transport=websocket", headers=headers))[0] == BAD_REQUEST
        assert raw.sessions == 0


async def test_other_pages_that_may_come_are_told_so_beforehand() -> None:
    async with serve_conformance() as raw:
        headers = {"Origin": "https://chat.example", "Access-Control-Request-Method": "POST"}
        async with raw.http.options(f"{raw.url}{ENGINE}?EIO=4&transport=polling", headers=headers) as response:
            assert response.status == 200
            assert response.headers["Access-Control-Allow-Origin"] == "https://chat.example"
            assert response.headers["Access-Control-Allow-Methods"] == "OPTIONS, GET, POST"


async def test_a_payload_is_answered_ok_and_its_packets_come_back_in_order() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        assert await session.post("4hello\x1ebAQIDBA==\x1e4world") == (200, "ok")
        assert await session.poll() == (200, "4hello\x1ebAQIDBA==\x1e4world")


async def test_a_payload_of_seventeen_packets_is_answered_whole() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        packets = [f"4{number}" for number in range(17)]
        assert await session.post("\x1e".join(packets)) == (200, "ok")
        assert [await session.poll(), await session.poll()] == [(200, "\x1e".join(packets[:16])), (200, "416")]


@pytest.mark.parametrize(
    "payload",
    [
        "abc",
        "4hello\x1eabc",
        "",
        "2",
        "bno base64",
        "b안녕",
        b"4\xff",
        "4" * 1_000_001,
    ],
)
async def test_an_invalid_payload_is_a_bad_request_and_ends_the_session(payload: str | bytes) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        assert (await session.post(payload))[0] == BAD_REQUEST
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_payload_that_is_too_large_ends_the_session_so_that_stock_clients_come_back() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        assert (await session.post("4" * 1_000_001))[0] == BAD_REQUEST
        assert await poll == (200, "6")
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_payload_of_exactly_the_limit_is_taken() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        assert await session.post("4" + "x" * 999_999) == (200, "ok")


async def test_a_poll_that_waits_is_told_of_an_invalid_payload() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        assert (await session.post("abc"))[0] == BAD_REQUEST
        assert await poll == (200, "1")


async def test_a_second_poll_ends_the_session_and_the_first_is_told() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        assert (await session.poll())[0] == BAD_REQUEST
        assert await poll == (200, "1")
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_poll_whose_client_goes_away_ends_the_session() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        poll.cancel()
        await until(lambda: not session.is_open)
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_payload_whose_client_goes_away_ends_the_session() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        address = urlsplit(raw.url)
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(f"POST {session.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n4begun".encode())
        await writer.drain()
        writer.close()
        await until(lambda: not session.is_open)


@pytest.mark.parametrize("begin", [b"", b"4begun"])
async def test_a_second_payload_at_the_same_time_ends_the_session_and_all_are_told(begin: bytes) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        async with session.begun_payload(begin) as (reader, _):
            assert (await session.post("4second"))[0] == BAD_REQUEST
            assert await poll == (200, "1")
            async with asyncio.timeout(WITHIN_SECONDS):
                assert (await reader.readline()).startswith(b"HTTP/1.1 400")
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_payload_after_one_that_was_answered_is_not_at_the_same_time() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        for number in range(50):
            assert await session.post(f"4{number}") == (200, "ok")
        assert session.is_open


async def test_a_payload_that_is_not_answered_yet_is_still_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while the client is not read from, because too many of its events wait for their answers."""
    monkeypatch.setattr(Conversation, "backlog", lambda self, connection: BACKLOG_EVENTS + 1)
    async with serve_conformance() as raw:
        session = await raw.open_polling(SOCKET)
        await session.post("40")
        assert "auth" in (await session.poll())[1]
        first = asyncio.create_task(session.post('42["message","first"]'))
        await until(lambda: session.is_paused)
        assert (await session.post('42["message","second"]'))[0] == BAD_REQUEST
        assert (await first)[0] == BAD_REQUEST
        assert not session.is_open


async def test_a_poll_that_waits_is_released_when_the_client_closes() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        assert await session.post("1") == (200, "ok")
        assert await poll == (200, "6")
        assert (await session.poll())[0] == BAD_REQUEST


async def test_a_poll_that_is_overtaken_by_the_close_is_answered_like_one_that_waited() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        assert await session.post("4unread\x1e1") == (200, "ok")
        assert await session.poll() == (200, "6")
        assert (await session.poll())[0] == BAD_REQUEST


async def test_polls_are_pinged_and_pongs_keep_the_session() -> None:
    async with serve_conformance(ping_interval_ms=50, ping_timeout_ms=500) as raw:
        session = await raw.open_polling()
        for _ in range(12):
            assert await session.poll() == (200, "2")
            assert await session.post("3") == (200, "ok")


@pytest.mark.parametrize("path", [ENGINE, SOCKET])
async def test_a_client_that_does_not_poll_is_gone_after_the_ping_timeout(path: str) -> None:
    async with serve_conformance(ping_interval_ms=50, ping_timeout_ms=50) as raw:
        session = await raw.open_polling(path)
        await until(lambda: not session.is_open)
        assert (await session.poll())[0] == BAD_REQUEST
