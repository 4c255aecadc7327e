"""Two gateways act as one: a request's session is found, whichever gateway the request reaches."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import cycle

import aiohttp
import pytest
import socketio

from gateway.engine.metrics import SLOW_CONSUMERS
from tests.chatflow.conditions import until
from tests.gateway.balancer import balancer
from tests.gateway.conftest import Gateway
from tests.gateway.wandering import Wanderer, wandering_http
from tests.gateway.world import World

# More than the kernel keeps on the way, twice, and we ourselves.
TOO_MUCH_BYTES = 40_000_000
# More connections than any client here makes.
MANY = 100
UNKNOWN_SESSION = {"code": 1, "message": "Session ID unknown"}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with wandering_http() as http:
        yield http


async def status_of(http: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with http.get(url, headers=headers) as response:
        return response.status


async def test_a_polling_session_may_wander_between_gateways(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    wanderer, turns = Wanderer(http), cycle([second.url, gateway.url])
    await wanderer.open(gateway.url, gateway.token(alice))
    while not wanderer.events("ready"):
        await wanderer.poll(next(turns))
    texts = [f"message {number}" for number in range(120)]
    sends = [
        f'42{number}["message:send",{{"room_id":"{room.id}","cid":"c{number}","text":"{text}"}}]'
        for number, text in enumerate(texts)
    ]

    for start in range(0, 120, 40):
        await wanderer.post(next(turns), *sends[start : start + 40])
        await wanderer.poll(next(turns))
    while len(wanderer.acks()) < 120 or len(wanderer.events("event")) < 120:
        await wanderer.poll(next(turns))

    assert [ack["ok"] for ack in wanderer.acks().values()] == [True] * 120
    assert [event["seq"] for event in wanderer.events("event")] == list(range(2, 122))
    assert [event["message"]["text"] for event in wanderer.events("event")] == texts


@pytest.mark.parametrize("begin", [b"", b"4"])
async def test_two_payloads_at_once_by_way_of_two_gateways_are_two_at_once(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str, begin: bytes
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    path = wanderer.address("")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(second.url.rpartition(":")[2]))
    writer.write(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n".encode() + begin)
    for _ in range(3):  # By then it has come: connections are taken in turn, and so is what is passed on.
        assert await status_of(http, f"{second.url}/socket.io/?EIO=4&transport=polling&sid={wanderer.sid}x") == 400
    async with http.post(wanderer.address(gateway.url), data="3") as response:
        assert response.status == 400
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    assert await status_of(http, wanderer.address(gateway.url)) == 400
    writer.close()


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]])
async def test_a_stock_client_needs_no_stickiness(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, transports: list[str], alice: str
) -> None:
    async with balancer([gateway.url, second.url]) as url:
        for _ in range(2):
            client = socketio.AsyncClient(reconnection=False, http_session=http)
            ready = asyncio.get_running_loop().create_future()
            client.on("ready", ready.set_result)
            await client.connect(url, auth={"token": gateway.token(alice)}, transports=transports)
            await asyncio.wait_for(ready, 5)
            for _ in range(5):
                assert (await client.call("ping:app", {}))["ok"]
            assert client.transport() == transports[-1]
            await client.disconnect()


async def test_an_upgrade_crosses_gateways_in_the_middle_of_a_burst(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    while not wanderer.events("ready"):
        await wanderer.poll(second.url)

    seqs: list[int] = []
    address = wanderer.address(second.url).replace("http://", "ws://").replace("=polling", "=websocket")
    async with http.ws_connect(address) as ws:
        await ws.send_str("2probe")
        assert await ws.receive_str() == "3probe"
        gateway.worker.publish(*[room.send(bob, "x" * 3000) for _ in range(50)])
        await ws.send_str("5")
        gateway.worker.publish(*[room.send(bob, "x" * 3000) for _ in range(50)])
        await until(lambda: len(room.events) == 101)
        while len(seqs) < 100:
            packet = await asyncio.wait_for(ws.receive_str(), 5)
            wanderer.packets.append(packet)
            seqs = [event["seq"] for event in wanderer.events("event")]
        assert seqs == list(range(2, 102))
        await ws.send_str('427["ping:app",{}]')
        assert (await ws.receive_str()).startswith('437[{"ok":true')


async def test_who_stalls_behind_a_tunnel_is_cut_off_and_who_reads_gets_all(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    reader, staller = await gateway.device(bob), Wanderer(http)
    cut_before = SLOW_CONSUMERS._value.get()
    async with staller.upgraded(gateway.url, gateway.token(alice), by=second.url) as ws:
        for _ in range(TOO_MUCH_BYTES // (100 * 8000)):
            gateway.worker.publish(*[room.send(bob, "x" * 8000) for _ in range(100)])
            await reader.has(room.id, list(range(2, room.head + 1)))
        await until(lambda: SLOW_CONSUMERS._value.get() == cut_before + 1)
        seqs = [json.loads(packet[2:])[1]["seq"] async for packet in texts(ws) if packet.startswith('42["event"')]
    assert seqs == list(range(2, len(seqs) + 2))
    assert 0 < len(seqs) < room.head - 1


async def texts(ws: aiohttp.ClientWebSocketResponse) -> AsyncIterator[str]:
    """What a websocket still has, up to its end."""
    while (message := await ws.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
        yield message.data


async def test_the_end_of_a_session_shows_on_both_sides_of_a_tunnel(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, world: World, alice: str
) -> None:
    async with balancer([gateway.url, *[second.url] * MANY]) as url:
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        reasons: list[str] = []
        client.on("disconnect", reasons.append)
        session_id = world.person("session")
        await client.connect(url, auth={"token": gateway.token(alice, session_id=session_id)})
        await until(lambda: client.transport() == "websocket")
        world.revoke(session_id)
        await until(lambda: reasons == [client.reason.SERVER_DISCONNECT])


@pytest.mark.parametrize(
    "sid", ["nonsense", "g2-000000.aaaaaaaaaaaaaaaaaaaa", "g2.x", ".", "../g1-000000.x", "lease:gateway:*-000000.x"]
)
async def test_who_asks_for_no_gateways_session_is_told_so(
    gateway: Gateway, http: aiohttp.ClientSession, sid: str
) -> None:
    address = f"{gateway.url}/socket.io/"
    for method in ("GET", "POST"):
        async with http.request(method, address, params={"EIO": "4", "transport": "polling", "sid": sid}) as response:
            assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)


async def test_an_unknown_session_of_a_living_gateway_is_answered_by_it(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    wanderer.sid += "x"
    async with http.get(wanderer.address(second.url)) as response:
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)
    assert response.headers["Content-Security-Policy"]


async def test_a_session_of_a_gateway_that_has_gone_is_unknown(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(second.url, gateway.token(alice))
    await wanderer.poll(gateway.url)
    await second.close()
    async with http.get(wanderer.address(gateway.url)) as response:
        assert (response.status, await response.json()) == (400, UNKNOWN_SESSION)


async def test_what_is_too_large_is_too_large_by_way_of_another(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    async with http.post(wanderer.address(second.url), data="4" * (256 * 1024 + 1)) as response:
        assert response.status == 400
    assert await status_of(http, wanderer.address(second.url)) == 400


async def test_an_origin_is_judged_by_where_the_client_went(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    for origin in (gateway.url, gateway.inner_url, "https://evil.example"):
        assert await status_of(http, wanderer.address(second.url), Origin=origin) == 400
        assert await status_of(http, wanderer.address(second.url), Origin=origin, Connection="Origin") == 400
    async with http.get(wanderer.address(second.url), headers={"Origin": second.url}) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == second.url


async def test_a_gateway_that_leaves_sends_away_whom_it_only_carries(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    async with balancer([gateway.url, *[second.url] * MANY]) as url:
        client = socketio.AsyncClient(reconnection=False, http_session=http)
        told: list[dict[str, str]] = []
        reasons: list[str] = []
        client.on("session:ending", told.append)
        client.on("disconnect", reasons.append)
        await client.connect(url, auth={"token": gateway.token(alice)})
        await until(lambda: client.transport() == "websocket")
        second.stop.set()
        await until(lambda: bool(reasons))
        assert told == [{"reason": "draining"}]
        # Not "server disconnect", after which a stock client would stay away.
        assert reasons == [client.reason.TRANSPORT_ERROR]


async def test_a_gateway_that_leaves_ends_the_polls_that_wait_there(
    gateway: Gateway, second: Gateway, http: aiohttp.ClientSession, alice: str
) -> None:
    wanderer = Wanderer(http)
    await wanderer.open(gateway.url, gateway.token(alice))
    while not wanderer.events("ready"):
        await wanderer.poll(gateway.url)
    poll = asyncio.create_task(wanderer.poll(second.url))
    for _ in range(2):  # By then it has come: connections are taken in turn.
        assert await status_of(http, f"{second.url}/health") == 200
    second.stop.set()
    await poll
    assert wanderer.events("session:ending") == [{"reason": "draining"}]
