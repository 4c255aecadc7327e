"""How a session goes on and ends: tokens, revocation, sync after an absence, and a gateway that shuts down."""

import asyncio

import aiohttp
import pytest
import socketio.exceptions
from prometheus_client import REGISTRY

from chatflow.ids import new_id
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World

TRANSPORTS = pytest.mark.parametrize("transports", [["websocket"], ["polling"]])


@pytest.mark.parametrize("token", [None, "", "x.y.z", 7, {"a": 1}])
async def test_without_a_token_nobody_comes_in(gateway: Gateway, alice: str, token: object) -> None:
    device = gateway.new_device(alice)
    refusals: list[dict[str, str]] = []
    device.client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await device.client.connect(gateway.url, auth={"token": token}, transports=["websocket"])
    assert [refusal["message"] for refusal in refusals] == ["unauthenticated"]


async def test_an_expired_token_is_told_from_a_bad_one(gateway: Gateway, alice: str) -> None:
    device = gateway.new_device(alice)
    refusals: list[dict[str, str]] = []
    device.client.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await device.connect(expires_in=-10)
    assert [refusal["message"] for refusal in refusals] == ["token_expired"]


@TRANSPORTS
async def test_a_revoked_session_is_told_and_disconnected_everywhere(
    gateway: Gateway, world: World, alice: str, transports: list[str]
) -> None:
    device, other = [await gateway.device(alice, transports=transports) for _ in range(2)]
    counted = ended_because("revoked")
    world.revoke(device.session_id)
    await until(lambda: not device.client.connected, within_seconds=2.5)
    assert device.all("session:ending") == [{"reason": "revoked"}]
    assert (await other.ask("ping:app", {}))["ok"]
    assert ended_because("revoked") == counted + 1


def ended_because(reason: str) -> float:
    return REGISTRY.get_sample_value("chatflow_gateway_sessions_ended_total", {"reason": reason}) or 0.0


async def test_whoever_is_deactivated_is_told_and_out_on_all_devices_until_they_are_active_again(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    devices = [await gateway.device(alice), await gateway.device(alice, transports=["polling"])]
    other = await gateway.device(bob)
    world.tell("deactivated", user_id=alice, holds=True)
    await until(lambda: not any(device.client.connected for device in devices), within_seconds=2.5)
    assert [device.all("session:ending") for device in devices] == [[{"reason": "revoked"}]] * 2
    with pytest.raises(socketio.exceptions.ConnectionError):
        await gateway.device(alice)
    assert (await other.ask("ping:app", {}))["ok"]

    world.tell("deactivated", user_id=alice, holds=False)
    async with asyncio.timeout(2.5):
        while not await is_let_in(gateway, alice):
            pass


async def is_let_in(gateway: Gateway, user_id: str) -> bool:
    try:
        await gateway.device(user_id)
    except socketio.exceptions.ConnectionError:
        return False
    return True


async def test_a_socket_that_does_not_refresh_is_told_and_closed_within_two_seconds(
    gateway: Gateway, alice: str
) -> None:
    refreshing, idle = gateway.new_device(alice), gateway.new_device(alice)
    for device in (refreshing, idle):
        await device.connect(expires_in=1)
    assert (await refreshing.ask("auth:refresh", {"token": gateway.token(alice)}))["ok"]
    await until(lambda: not idle.client.connected, within_seconds=3.0)
    assert idle.all("session:ending") == [{"reason": "token_expired"}]
    assert (await refreshing.ask("ping:app", {}))["ok"]


async def test_another_persons_token_does_not_refresh(gateway: Gateway, alice: str, bob: str) -> None:
    device = await gateway.device(alice)
    answer = await device.ask("auth:refresh", {"token": gateway.token(bob)})
    assert answer["error"]["code"] == "forbidden"


@TRANSPORTS
async def test_a_leaving_gateway_sends_its_clients_elsewhere(
    gateway: Gateway, alice: str, transports: list[str]
) -> None:
    device = await gateway.device(alice, transports=transports)
    reasons: list[str] = []
    device.client.on("disconnect", reasons.append)
    gateway.stop.set()
    await until(lambda: bool(reasons))
    assert device.all("session:ending") == [{"reason": "draining"}]
    # Not "server disconnect", after which a stock client would stay away.
    assert reasons == [device.client.reason.TRANSPORT_ERROR]


async def test_a_leaving_gateway_keeps_no_connection(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    """Otherwise a client that reconnects would reach it again."""
    room = world.room(alice)
    device = await gateway.device(alice)
    address = f"{gateway.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{gateway.url}/health") as response:
            assert "Connection" not in response.headers
        worker.is_deaf = True
        await device.client.emit(
            "message:send", {"room_id": room.id, "cid": "c1", "text": "wait for me"}, callback=print
        )
        await until(lambda: bool(worker.received))
        gateway.stop.set()
        async with http.get(address) as response:
            assert (response.status, response.headers["Connection"]) == (503, "close")


async def test_sync_brings_what_was_missed(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    for number in range(300):
        room.send(bob, str(number))
    device = await gateway.device(alice)
    answer = await device.ask("room:sync", {"rooms": {room.id: 1}})
    found = answer["rooms"][room.id]
    assert [event["seq"] for event in found["events"]] == list(range(2, 302))
    assert (found["head"], found["reset"], answer["more"]) == (301, False, [])
    calls = dict(gateway.services.calls)
    again = await device.ask("room:sync", {"rooms": {room.id: 200}})
    assert [event["seq"] for event in again["rooms"][room.id]["events"]] == list(range(201, 302))
    assert gateway.services.calls == calls, "the tail was there already"


async def test_sync_says_when_it_starts_anew(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice, bob)
    for number in range(1100):
        room.send(bob, str(number))
    device = await gateway.device(alice)
    found = (await device.ask("room:sync", {"rooms": {room.id: 1}}))["rooms"][room.id]
    assert (found["reset"], found["head"], found["room"]["unread"]) == (True, 1101, 1100)
    assert [event["seq"] for event in found["events"]] == list(range(1052, 1102))


async def test_sync_shows_nothing_from_before_the_joining_where_the_room_says_so(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, history="joined")
    room.send(alice, "secret")
    room.join(bob)
    room.send(alice, "hello")
    device = await gateway.device(bob)
    found = (await device.ask("room:sync", {"rooms": {room.id: 1}}))["rooms"][room.id]
    assert (found["reset"], [event["seq"] for event in found["events"]]) == (True, [3, 4])
    found = (await device.ask("room:sync", {"rooms": {room.id: 3}}))["rooms"][room.id]
    assert (found["reset"], [event["seq"] for event in found["events"]]) == (False, [4])


async def test_a_long_sync_is_cut_and_says_so(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    rooms = [world.room(alice, bob) for _ in range(3)]
    for room in rooms:
        for _ in range(40):
            room.send(bob, "x" * 4000)
    device = await gateway.device(alice)
    asked = {room.id: 1 for room in rooms}
    got: dict[str, list[int]] = {room.id: [] for room in rooms}
    for _ in range(10):
        answer = await device.ask("room:sync", {"rooms": asked})
        for room_id, found in answer["rooms"].items():
            got[room_id] += [event["seq"] for event in found["events"]]
        asked = {room_id: seqs[-1] if seqs else 1 for room_id, seqs in got.items() if len(seqs) < 40}
    assert got == {room.id: list(range(2, 42)) for room in rooms}


async def test_an_unknown_room_and_anothers_room_sync_alike(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice)
    unknown = new_id()
    device = await gateway.device(bob)
    answer = await device.ask("room:sync", {"rooms": {room.id: 0, unknown: 0}})
    assert answer["rooms"][room.id] == answer["rooms"][unknown]


async def test_while_message_service_is_away_connecting_is_tried_again_by_the_client(
    gateway: Gateway, alice: str
) -> None:
    gateway.services.open.clear()
    device = gateway.new_device(alice)
    reasons: list[str] = []
    device.client.on("disconnect", reasons.append)
    await device.connect()
    await until(lambda: gateway.services.calls.get("connect", 0) > 0)
    gateway.services.open.set()
    await device.ready()
    assert not reasons


async def test_metrics_are_not_for_the_public(gateway: Gateway) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{gateway.url}/metrics") as response:
            assert response.status == 404
        async with session.get(f"{gateway.inner_url}/metrics") as response:
            text = await response.text()
    assert "chatflow_gateway_deliveries_total" in text
    assert "chatflow_gateway_connections" in text
