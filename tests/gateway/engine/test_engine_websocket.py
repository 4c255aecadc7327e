"""Engine.IO by websocket and the upgrade to it, spoken by hand."""

from typing import Any

import aiohttp
import pytest

from tests.chatflow.conditions import until
from tests.gateway.raw import ENGINE, SOCKET, Polling, Raw, WebSocket, serve_conformance

POLICY_VIOLATION = 1008
NORMAL = 1000


async def upgrade(ws: WebSocket) -> None:
    await ws.put("2probe")
    assert await ws.get() == "3probe"
    await ws.put("5")


async def is_still_served(ws: WebSocket) -> bool:
    """The next thing that comes is the answer, so nothing stray was sent before it."""
    await ws.put("4hello")
    return bool(await ws.get() == "4hello")


async def test_text_and_binary_come_back_in_order() -> None:
    async with serve_conformance() as raw, raw.opened() as ws:
        await ws.put("4a")
        await ws.put_binary(b"\x01\x02")
        await ws.put("4b")
        assert [await ws.get() for _ in range(3)] == ["4a", b"\x01\x02", "4b"]


@pytest.mark.parametrize("packet", ["abc", "", "2", "bno base64"])
async def test_an_invalid_packet_closes_the_websocket(packet: str) -> None:
    async with serve_conformance() as raw, raw.opened() as ws:
        await ws.put(packet)
        await ws.until_closed()


async def test_a_message_over_the_limit_closes_the_websocket() -> None:
    async with serve_conformance() as raw, raw.opened() as ws:
        await ws.put("4" + "x" * 1_000_000)
        assert await ws.until_closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_websockets_are_pinged_and_pongs_keep_them_open() -> None:
    async with serve_conformance(ping_interval_ms=50, ping_timeout_ms=500) as raw, raw.opened() as ws:
        for _ in range(12):
            assert await ws.get() == "2"
            await ws.put("3")


async def test_a_websocket_that_does_not_pong_is_closed() -> None:
    async with serve_conformance(ping_interval_ms=50, ping_timeout_ms=50) as raw, raw.opened() as ws:
        await ws.until_closed()


async def test_a_websocket_whose_client_says_close_is_closed() -> None:
    async with serve_conformance() as raw, raw.opened() as ws:
        await ws.put("1")
        await ws.until_closed()


@pytest.mark.parametrize("query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=x"])
async def test_a_websocket_with_a_wrong_query_is_refused(query: str) -> None:
    async with serve_conformance() as raw:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await raw.http.ws_connect(f"{raw.url}{ENGINE}?{query}")


async def test_the_probe_releases_the_poll_and_the_upgrade_sends_nothing_stray() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        poll = await session.begin_poll()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            assert await poll == (200, "6")
            assert await session.poll() == (200, "6")
            await ws.put("5")
            assert await is_still_served(ws)


async def test_what_waits_while_the_transport_changes_comes_by_the_websocket_in_order() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            await session.post("4first\x1e4second\x1e4last")
            assert await session.poll() == (200, "6")
            await ws.put("5", "4hello")
            assert [await ws.get() for _ in range(4)] == ["4first", "4second", "4last", "4hello"]


async def test_a_websocket_answers_pings_of_its_own_layer_before_the_upgrade_and_after() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.ping()
            assert await ws.get() == b"still there?"
            await upgrade(ws)
            await ws.ping()
            assert await ws.get() == b"still there?"


async def test_a_probe_that_is_lost_leaves_polling_as_it_was() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            await session.post("4kept")
        await until_probe_is_lost(raw, session)
        assert await session.poll() == (200, "4kept")


async def until_probe_is_lost(raw: Raw, session: Polling) -> None:
    ours = raw.session(session.sid)
    assert ours is not None
    await until(lambda: not ours.upgrading)


@pytest.mark.parametrize("ask", [Polling.poll, lambda session: session.post("4lost")])
async def test_http_after_the_upgrade_is_a_bad_request_and_ends_nothing(ask: Any) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await upgrade(ws)
            assert await is_still_served(ws)
            assert (await ask(session))[0] == 400
            assert await is_still_served(ws)


async def test_a_second_websocket_for_a_session_is_closed_and_ends_nothing() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await upgrade(ws)
            async with raw.websocket(sid=session.sid) as second:
                assert await second.until_closed() == POLICY_VIOLATION
            assert await is_still_served(ws)


@pytest.mark.parametrize("packet", ["2probe", "5"])
async def test_a_second_candidate_beside_another_is_closed_and_stops_nothing(packet: str) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws, raw.websocket(sid=session.sid) as second:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            await second.put(packet)
            await second.until_closed()
            await ws.put("5")
            assert await is_still_served(ws)


async def test_a_websocket_that_comes_while_another_probes_is_closed_and_stops_nothing() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            async with raw.websocket(sid=session.sid) as second:
                assert await second.until_closed() == POLICY_VIOLATION
            await ws.put("5")
            assert await is_still_served(ws)


@pytest.mark.parametrize("packets", [["4hello"], ["5"], ["2"], ["2probe", "4hello"], ["2probe", "2probe"]])
async def test_a_candidate_that_does_not_keep_to_the_upgrade_is_closed_and_polling_goes_on(packets: list[str]) -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put(*packets)
            await ws.until_closed()
        await until_probe_is_lost(raw, session)
        assert await session.post("4kept") == (200, "ok")
        assert await session.poll() == (200, "4kept")


async def test_a_session_that_ends_takes_its_candidate_with_it() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            await ws.put("2probe")
            assert await ws.get() == "3probe"
            assert await session.post("1") == (200, "ok")
            assert await ws.until_closed() == NORMAL
        assert await session.poll() == (200, "6")
        assert not session.is_open


async def test_a_candidate_cannot_revive_a_session_that_has_ended() -> None:
    async with serve_conformance() as raw:
        session = await raw.open_polling()
        async with raw.websocket(sid=session.sid) as ws:
            assert await session.post("1") == (200, "ok")
            await ws.put("2probe", "5", "4hello")
            assert await ws.until_closed() == NORMAL
        assert await session.poll() == (200, "6")
        assert not session.is_open


async def test_a_websocket_that_is_lost_ends_its_session() -> None:
    async with serve_conformance() as raw:
        async with raw.opened(SOCKET):
            assert raw.sessions == 1
        await until(lambda: raw.sessions == 0)
