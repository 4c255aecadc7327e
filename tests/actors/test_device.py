"""The actors follow a client's rules: with a toy server that loses and repeats, they end with each message once."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from tests.actors.actor import make_link
from tests.actors.answers import ConnectionLost, Refused, SignInRefused
from tests.actors.device import Device
from tests.actors.http import Http
from tests.actors.link import Transport
from tests.actors.recording import Recorder
from tests.actors.toy_server import ROOM_ID, TOKEN, USER, Toy, open_toy
from tests.checker.history import HistoryWriter
from tests.checker.judge import judge
from tests.faults.proxy import Proxy, open_proxy
from tests.servers.ports import LOCALHOST


@pytest.fixture
async def toy() -> AsyncIterator[Toy]:
    async with open_toy() as toy:
        yield toy


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with Http() as http:
        yield http.session


@pytest.fixture
def writer(tmp_path: Path) -> HistoryWriter:
    return HistoryWriter(tmp_path / "history")


@pytest.fixture
async def proxy(toy: Toy) -> AsyncIterator[Proxy]:
    async with open_proxy(toy.port) as proxy:
        yield proxy


@pytest.fixture
async def device(
    proxy: Proxy, http: aiohttp.ClientSession, writer: HistoryWriter, transport: Transport
) -> AsyncIterator[Device]:
    made = make_device(proxy.port, http, transport=transport, writer=writer)
    await made.connect()
    yield made
    await made.disconnect()


@pytest.fixture
def transport() -> Transport:
    return "websocket"


def make_device(
    port: int,
    http: aiohttp.ClientSession,
    *,
    transport: Transport = "websocket",
    token: str = TOKEN,
    client: str = "python",
    writer: HistoryWriter | None = None,
) -> Device:
    attempts = count()

    async def access_token() -> str:
        return token

    return Device(
        recorder=Recorder(writer, client="alice/phone", user=str(USER["id"])),
        make_link=lambda: make_link(client, f"http://{LOCALHOST}:{port}", transport=transport, http=http),
        access_token=access_token,
        next_attempt=lambda cid: next(attempts) * 0,
    )


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_what_is_sent_is_acked_and_seen(device: Device) -> None:
    ack = await device.send(ROOM_ID, "hello")
    message = await device.sees(ROOM_ID, "hello")
    assert (ack["seq"], message["seq"]) == (1, 1)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_pipelined_messages_are_seen_in_order(device: Device) -> None:
    texts = [f"message {number}" for number in range(12)]
    await device.send_all(ROOM_ID, texts)
    await device.reaches(ROOM_ID, 12)
    assert device.view(ROOM_ID).texts == texts


async def test_a_hole_in_the_live_stream_is_filled_by_a_sync(device: Device, toy: Toy) -> None:
    toy.swallow = {2, 3}
    texts = ["one", "two", "three", "four"]
    await device.send_all(ROOM_ID, texts)
    await device.reaches(ROOM_ID, 4)
    assert device.view(ROOM_ID).texts == texts


async def test_a_repeated_event_is_applied_once(device: Device, toy: Toy) -> None:
    toy.twice = {1, 2}
    await device.send_all(ROOM_ID, ["one", "two", "three"])
    await device.reaches(ROOM_ID, 3)
    assert device.view(ROOM_ID).texts == ["one", "two", "three"]


async def test_a_cut_connection_comes_back_and_catches_up(device: Device, toy: Toy, proxy: Proxy) -> None:
    await device.send(ROOM_ID, "before")
    await device.reaches(ROOM_ID, 1)
    proxy.cut()
    toy.append({"cid": "other", "text": "meanwhile"})
    await device.sees(ROOM_ID, "meanwhile")
    await device.until(lambda: device.connection.is_open and device.ready, what="a connection")
    await device.send(ROOM_ID, "after")
    await device.sees(ROOM_ID, "after")
    assert device.view(ROOM_ID).texts == ["before", "meanwhile", "after"]


async def test_a_reset_moves_the_position_without_folding_the_tail(device: Device, toy: Toy) -> None:
    await device.disconnect()
    toy.tail_limit = 2
    for number in range(5):
        toy.append({"cid": f"cid {number}", "text": f"message {number}"})
    await device.connect()
    await device.reaches(ROOM_ID, 5)
    assert device.view(ROOM_ID).texts == []


async def test_a_refusal_carries_its_error(device: Device, toy: Toy) -> None:
    toy.error = {"code": "muted", "message": "Quiet.", "retryable": False}
    with pytest.raises(Refused, match="muted: Quiet"):
        await device.send(ROOM_ID, "hello")


async def test_a_cut_connection_ends_what_was_waiting_for_an_answer(device: Device, toy: Toy, proxy: Proxy) -> None:
    never = asyncio.Event()
    toy.sockets.on("message:send", lambda sid, payload: never.wait())
    answer = await device.begin_send(ROOM_ID, "hello")
    proxy.cut()
    with pytest.raises(ConnectionLost):
        await answer


async def test_a_bad_token_is_refused_at_the_door(toy: Toy, http: aiohttp.ClientSession) -> None:
    with pytest.raises(SignInRefused) as refused:
        await make_device(toy.port, http, token="another").connect()
    assert refused.value.code == "unauthenticated"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_javascript_client_is_a_device_like_any_other(
    javascript: None, toy: Toy, http: aiohttp.ClientSession, transport: Transport
) -> None:
    browser = make_device(toy.port, http, transport=transport, client="javascript")
    await browser.connect()
    texts = [f"message {number}" for number in range(12)]
    await browser.send_all(ROOM_ID, texts)
    await browser.reaches(ROOM_ID, 12)
    assert browser.view(ROOM_ID).texts == texts
    await browser.disconnect()


async def test_the_javascript_client_is_refused_at_the_door_too(
    javascript: None, toy: Toy, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(SignInRefused) as refused:
        await make_device(toy.port, http, token="another", client="javascript").connect()
    assert refused.value.code == "unauthenticated"


async def test_waiting_for_what_never_comes_tells_what_came_instead(device: Device) -> None:
    await device.send(ROOM_ID, "hello")
    await device.sees(ROOM_ID, "hello")
    with pytest.raises(AssertionError, match=r"'goodbye' in room .*hello"):
        await device.sees(ROOM_ID, "goodbye", within_seconds=0.05)


async def test_the_checker_finds_in_the_history_what_the_toy_did_wrong(
    device: Device, toy: Toy, writer: HistoryWriter
) -> None:
    toy.swallow, toy.twice = {2}, {4}
    await device.send_all(ROOM_ID, [f"message {number}" for number in range(6)])
    await device.reaches(ROOM_ID, 6)
    writer.flush()
    verdict = judge(writer.folder)
    assert {"C3", "C4"} <= verdict.violated
    assert not {"C2", "C5", "C6", "C7", "C8"} & verdict.violated, str(verdict)


async def test_the_checker_finds_nothing_where_the_toy_did_right(device: Device, writer: HistoryWriter) -> None:
    cid = str(uuid4())
    await device.send_all(ROOM_ID, [f"message {number}" for number in range(6)])
    await device.send(ROOM_ID, "again", cid=cid)
    await device.reaches(ROOM_ID, 7)
    writer.flush()
    verdict = judge(writer.folder)
    assert not verdict.violated - {"C10"}, str(verdict)
