"""Several gateways act as one, also while one of them dies."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import socketio

from tests.actors import Actor, Device
from tests.actors.http import Http
from tests.faults.traffic import open_traffic
from tests.journeys.conftest import Invite
from tests.journeys.system import System, open_system
from tests.journeys.test_kills import assert_every_promise_kept
from tests.journeys.test_presence import statuses, watch

# The kernel deals connections out by chance: 1 of 2 to the power of this many goes wrong.
TRIES = 40
# A lease that ends, as long again, and the way of the news.
GONE_WITHIN_SECONDS = 10.0


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Two gateways that may be killed, whatever number the other journeys run on: each has its part here."""
    settings = {"CHATFLOW_GATEWAYS": "2"}
    with open_system(tmp_path_factory.mktemp("pair"), settings=settings) as system:
        yield system


@pytest.fixture
def url(pair: System) -> str:
    return pair.url


@pytest.fixture
def keeps_connections() -> bool:
    return False


def gateway_of(device: Device) -> str:
    return str(device.ready["server"]["gateway"])


async def connect_at(actor: Actor, gateway: str, name: str = "phone") -> Device:
    """Connect a device until it happens to be at that gateway."""
    device = actor.device(name)
    for _ in range(TRIES):
        await device.connect()
        if gateway_of(device).startswith(f"{gateway}-"):
            return device
        await device.disconnect()
    raise AssertionError(f"nobody comes to {gateway}")


async def test_what_happens_at_one_gateway_is_told_at_the_other(invite: Invite) -> None:
    alice, bob = await invite("alice"), await invite("bob")
    phone, desk = await connect_at(alice, "gateway-1"), await connect_at(alice, "gateway-2", "desk")
    bobs = await connect_at(bob, "gateway-2")

    room_id = await phone.create_room("bridge")
    await desk.is_told("room:added")
    await bobs.join(room_id)
    sent = await phone.send(room_id, f"hello <@{bob.id}>")
    await bobs.sees(room_id, f"hello <@{bob.id}>")
    await bobs.is_told("notice", kind="mention", room_id=room_id)
    await bobs.mark_read(room_id, sent["seq"])
    await phone.is_told("read", room_id=room_id, positions={bob.id: sent["seq"]})
    answer = await bobs.send(room_id, "hello alice")
    for device in (phone, desk):
        await device.sees(room_id, "hello alice")

    await bobs.request("typing:start", {"room_id": room_id})
    await phone.is_told("typing", room_id=room_id, user_id=bob.id, active=True)
    await phone.mark_read(room_id, answer["seq"])
    await desk.is_told("read", room_id=room_id, positions={alice.id: answer["seq"]})
    await phone.request("room:notify", {"room_id": room_id, "level": "mentions"})
    await desk.is_told("room:mine", room_id=room_id)

    await watch(phone, bob.id)
    await bobs.request("presence:set", {"status": "dnd"})
    await phone.is_told("presence", user_id=bob.id, status="dnd")

    await phone.request("room:kick", {"room_id": room_id, "user_id": bob.id})
    await bobs.is_told("room:removed", room_id=room_id)


async def test_signing_out_at_one_gateway_ends_the_sockets_at_the_other(invite: Invite) -> None:
    alice = await invite("alice")
    phone, desk = await connect_at(alice, "gateway-1"), await connect_at(alice, "gateway-2", "desk")
    for device in (phone, desk):
        device.connection._wanted = False
    await alice.rest.post("/api/auth/logout", {"refresh": alice._refresh})
    for device in (phone, desk):
        await device.is_told("session:ending", reason="revoked", within_seconds=3)


async def test_who_was_at_a_killed_gateway_goes_on_at_another(pair: System, tmp_path: Path) -> None:
    async with open_traffic(pair.url, tmp_path, people=4, keeps_connections=False) as traffic:
        at_first = [device for device in traffic.devices if gateway_of(device).startswith("gateway-1-")]
        assert 0 < len(at_first) < len(traffic.devices)
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        async with traffic.fault("SIGKILL of gateway-1"):
            dead_pid = pair.kill("gateway-1")
            await traffic.acks(60, within_seconds=20)
            await asyncio.to_thread(pair.wait_until_replaced, "gateway-1", dead_pid=dead_pid)
        await traffic.acks(60, within_seconds=20)
        await traffic.stop()
        await traffic.settle()
        assert_every_promise_kept(traffic.judge())
        assert [complaint for device in traffic.devices for complaint in device.complaints] == []


async def test_gateways_that_restart_one_after_the_other_break_no_promise(pair: System, tmp_path: Path) -> None:
    async with open_traffic(pair.url, tmp_path, keeps_connections=False) as traffic:
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        for name in ("gateway-1", "gateway-2"):
            async with traffic.fault(f"SIGTERM of {name}"):
                dead_pid = pair.kill(name, by=signal.SIGTERM)
                await traffic.acks(60, within_seconds=20)
                await asyncio.to_thread(pair.wait_until_replaced, name, dead_pid=dead_pid)
        await traffic.acks(60, within_seconds=20)
        await traffic.stop()
        await traffic.settle()
        assert_every_promise_kept(traffic.judge())
        assert [complaint for device in traffic.devices for complaint in device.complaints] == []


@pytest.fixture
async def stock(pair: System) -> AsyncIterator[socketio.AsyncClient]:
    """The Python client as it comes, but for its connections, of which each request takes a new one."""
    async with Http(connector=aiohttp.TCPConnector(force_close=True)) as http:
        client = socketio.AsyncClient(http_session=http.session, handle_sigint=False)
        yield client
        await client.disconnect()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_a_stock_client_comes_back_by_itself(
    pair: System, stock: socketio.AsyncClient, invite: Invite, transports: list[str]
) -> None:
    alice = await invite("alice")
    readies: asyncio.Queue[str] = asyncio.Queue()
    stock.on("ready", lambda ready: readies.put_nowait(ready["server"]["gateway"]))
    await stock.connect(pair.url, auth={"token": alice.rest.token}, transports=transports)
    first = await asyncio.wait_for(readies.get(), 10)
    name = first.rpartition("-")[0]
    dead_pid = pair.kill(name)
    assert await asyncio.wait_for(readies.get(), 20) != first
    await asyncio.to_thread(pair.wait_until_replaced, name, dead_pid=dead_pid)


async def test_after_a_gateway_was_killed_those_who_stay_away_are_offline_and_nobody_else(
    pair: System, invite: Invite
) -> None:
    alice, bob, carol = await invite("alice"), await invite("bob"), await invite("carol")
    phone = await connect_at(alice, "gateway-2")
    await watch(phone, bob.id, carol.id)
    bobs, carols = await connect_at(bob, "gateway-1"), await connect_at(carol, "gateway-1")
    for person in (bob, carol):
        await phone.is_told("presence", user_id=person.id, status="online")

    dead_pid = pair.kill("gateway-1")
    await bobs.disconnect()

    gone = await phone.is_told("presence", user_id=bob.id, status="offline", within_seconds=GONE_WITHIN_SECONDS)
    assert gone["last_seen"]
    assert statuses(phone, carol.id) == ["online"]
    assert carols.connection.is_open
    await asyncio.to_thread(pair.wait_until_replaced, "gateway-1", dead_pid=dead_pid)
    await bobs.connect()
    await phone.until(lambda: statuses(phone, bob.id) == ["online", "offline", "online"], what="bob again")
