"""Rate limits of one person: too much is refused without being tried, in order, and the memory for it is freed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chatflow.errors import RateLimited
from chatflow.ids import new_id
from chatflow.process.settings import LIMITS, Settings
from gateway.engine.buckets import BURST_SECONDS
from gateway.sessions.rate_limits import PAUSE_SECONDS, SEND, RateLimits
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway
from tests.gateway.world import FakeRoom


@pytest.fixture
async def gateway(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """A gateway that takes ten of each class at once."""
    gateway = Gateway(
        valkey_url, tmp_path / "ui",
        sends_per_second=1, commands_per_second=1, reads_per_second=1, signals_per_second=1,
        rooms_per_sync=3, people_per_watch=2, connections_per_person=7,
        rest_calls_per_second=3,
    )  # fmt: skip
    await gateway.start()
    yield gateway
    await gateway.close()


async def send(device: Device, room: FakeRoom, *, cids: list[str]) -> list[dict[str, Any]]:
    """Send in a row, without waiting for answers in between."""
    payloads = [{"room_id": room.id, "cid": cid, "text": cid} for cid in cids]
    return await asyncio.gather(*(device.ask("message:send", payload) for payload in payloads))


async def until_taken(device: Device, room: FakeRoom, *, cid: str) -> dict[str, Any]:
    """Send again until it is not refused any more."""
    async with asyncio.timeout(5):
        while True:
            [answer] = await send(device, room, cids=[cid])
            if answer["ok"]:
                return answer


def refusals(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [answer["error"] for answer in answers if not answer["ok"]]


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("room:create", {"cid": "c", "kind": "channel", "name": "n"}),
        ("thread:follow", {}),
        ("room:sync", {"rooms": {}}),
        ("presence:watch", {"user_ids": []}),
        ("typing:start", {}),
        ("focus", {}),
        ("presence:set", {"status": "away"}),
        ("ping:app", {}),
        ("no:such", {}),
    ],
)
async def test_too_many_of_any_event_are_refused_untried(
    gateway: Gateway, alice: str, name: str, payload: dict[str, Any]
) -> None:
    device = await gateway.device(alice)
    answers = await asyncio.gather(*(device.ask(name, payload) for _ in range(12)))
    errors = [answer["error"] for answer in answers[10:]]
    assert [(error["code"], error["retryable"]) for error in errors] == [("rate_limited", True)] * 2
    assert all(0 < error["retry_after"] <= PAUSE_SECONDS for error in errors)
    assert all(error["code"] != "rate_limited" for error in refusals(answers[:10]))


async def test_a_refused_message_is_sent_nowhere_and_what_follows_it_does_not_overtake_it(
    gateway: Gateway, alice: str
) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    cids = [f"m{number:02}" for number in range(14)]
    answers = await send(device, room, cids=cids)
    assert [answer["ok"] for answer in answers] == [True] * 10 + [False] * 4
    assert room.n == 10

    await until_taken(device, room, cid=cids[10])
    assert room.n == 11


async def test_a_message_that_was_stored_is_not_refused_for_what_came_after_it(gateway: Gateway, alice: str) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    answers = await send(device, room, cids=["first", *(str(number) for number in range(10))])
    assert refusals(answers)
    again = await until_taken(device, room, cid="first")
    assert (again["duplicate"], again["seq"]) == (True, answers[0]["seq"])


async def test_all_devices_of_a_person_share_and_nobody_elses_do(gateway: Gateway, alice: str, bob: str) -> None:
    phone, desk, other = [await gateway.device(person) for person in (alice, alice, bob)]
    await asyncio.gather(*(phone.ask("ping:app", {}) for _ in range(10)))
    assert (await desk.ask("ping:app", {}))["error"]["code"] == "rate_limited"
    assert (await other.ask("ping:app", {}))["ok"]
    assert (await desk.ask("room:sync", {"rooms": {}}))["ok"]


async def test_coming_back_on_a_new_socket_makes_nobody_rich(gateway: Gateway, alice: str) -> None:
    phone = await gateway.device(alice)
    await asyncio.gather(*(phone.ask("ping:app", {}) for _ in range(10)))
    await phone.client.disconnect()
    assert (await (await gateway.device(alice)).ask("ping:app", {}))["error"]["code"] == "rate_limited"


async def test_messages_by_rest_count_as_well(gateway: Gateway, alice: str) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    await send(device, room, cids=[str(number) for number in range(10)])
    headers = {"Authorization": f"Bearer {gateway.token(alice)}", "Idempotency-Key": "k"}
    async with (
        aiohttp.ClientSession(gateway.url, headers=headers) as http,
        http.post(f"/api/rooms/{room.id}/messages", json={"text": "x"}) as response,
    ):
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
        assert (await response.json())["error"]["code"] == "rate_limited"


async def test_whoever_goes_on_and_on_without_a_look_at_the_answers_is_hung_up_on(
    gateway: Gateway, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.sessions.rate_limits.FLOOD_EVENTS", 50)
    other, device = await gateway.device(bob), await gateway.device(alice)
    for _ in range(70):
        await device.client.emit("ping:app", {})
    await until(lambda: not device.client.connected)
    assert (await other.ask("ping:app", {}))["ok"]


async def test_nobody_fills_our_memory_with_rooms_that_do_not_exist(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.commands.socket_commands.ROOMS_AT_MOST", 3)
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    await send(device, room, cids=["a", "b", "c", "d"])
    for _ in range(3):
        await device.client.emit("room:leave", {"room_id": new_id()})
    await until(lambda: not device.client.connected)


async def test_what_one_call_may_ask_for_is_bounded(gateway: Gateway, alice: str, bob: str) -> None:
    rooms = [gateway.world.room(alice) for _ in range(4)]
    device = await gateway.device(alice)
    too_many = await device.ask("room:sync", {"rooms": dict.fromkeys([room.id for room in rooms], 0)})
    assert too_many["error"]["code"] == "invalid"
    assert (await device.ask("room:sync", {"rooms": dict.fromkeys([room.id for room in rooms[:3]], 0)}))["ok"]
    people = [alice, bob, gateway.world.person("carol")]
    assert (await device.ask("presence:watch", {"user_ids": people}))["error"]["code"] == "invalid"
    assert (await device.ask("presence:watch", {"user_ids": people[:2]}))["ok"]


@pytest.mark.parametrize("name", ["room:sync", "presence:watch"])
async def test_whoever_names_many_has_fewer_calls_and_is_refused_none_of_them_untold(
    gateway: Gateway, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("gateway.commands.dispatch.NAMED_PER_READ", 1)
    rooms = dict.fromkeys([gateway.world.room(alice).id for _ in range(2)], 0)
    payloads: dict[str, dict[str, Any]] = {
        "room:sync": {"rooms": rooms},
        "presence:watch": {"user_ids": [alice, bob]},
    }
    device = await gateway.device(alice)
    answers = await asyncio.gather(*(device.ask(name, payloads[name]) for _ in range(7)))
    assert [answer["ok"] for answer in answers] == [True] * 5 + [False] * 2


async def test_a_client_is_told_what_it_may_do(gateway: Gateway, alice: str) -> None:
    limits = (await (await gateway.device(alice)).ready())["limits"]
    assert limits["rates"] == {
        kind: {"per_second": 1, "burst": 10} for kind in ("send", "commands", "reads", "signals")
    }
    assert limits["rest_calls"] == {"per_second": 3, "burst": 30}
    assert (limits["rooms_per_sync"], limits["people_per_watch"], limits["connections"]) == (3, 2, 7)


@pytest.fixture
async def gateway_of_few_channels(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(valkey_url, tmp_path / "ui", channels_per_hour=2)
    await gateway.start()
    yield gateway
    await gateway.close()


async def test_nobody_takes_all_the_names_by_opening_channels(
    gateway_of_few_channels: Gateway, alice: str, bob: str
) -> None:
    room = gateway_of_few_channels.world.room(alice)
    device, other = [await gateway_of_few_channels.device(person) for person in (alice, bob)]

    async def refusal(device: Device, event: str, **payload: Any) -> dict[str, Any] | None:
        answer = await device.ask(event, payload)
        is_refused = not answer["ok"] and answer["error"]["code"] == "rate_limited"
        return answer["error"] if is_refused else None

    def channel(number: int, **more: Any) -> dict[str, Any]:
        return {"cid": f"c{number}", "kind": "channel", "name": f"n{number}", **more}

    assert [await refusal(device, "room:create", **channel(number)) for number in range(2)] == [None] * 2
    refused = await refusal(device, "room:create", **channel(2))
    assert refused is not None
    assert 1700 < refused["retry_after"] <= 1800
    # Neither is what was private, or archived, opened instead.
    for change in ("private", "archived"):
        assert await refusal(device, "room:update", room_id=room.id, **{change: False}) is not None
    assert await refusal(device, "room:update", room_id=room.id, private=True) is None
    assert await refusal(device, "room:create", **channel(3, private=True)) is None
    assert await refusal(device, "room:create", **channel(4, kind="group")) is None
    assert await refusal(other, "room:create", **channel(5)) is None


@pytest.fixture
async def gateway_as_it_comes(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(valkey_url, tmp_path / "ui", **{name: getattr(Settings(), name) for name in LIMITS})
    await gateway.start()
    yield gateway
    await gateway.close()


async def test_a_busy_person_meets_no_limit_as_it_comes(gateway_as_it_comes: Gateway) -> None:
    gateway = gateway_as_it_comes
    alice = gateway.world.person("alice")
    room = gateway.world.room(alice)
    devices = [await gateway.device(alice) for _ in range(10)]
    # Pasting a long list, while every device asks for its rooms and says what it shows.
    answers = await send(devices[0], room, cids=[str(number) for number in range(450)])
    for device in devices:
        answers += await asyncio.gather(
            *(device.ask("room:sync", {"rooms": {room.id: room.head}}) for _ in range(15)),
            device.ask("room:sync", {"rooms": {room.id: 0} | dict.fromkeys([new_id() for _ in range(499)], 0)}),
            *(device.ask("focus", {"room_id": room.id}) for _ in range(10)),
            *(device.ask("typing:start", {"room_id": room.id}) for _ in range(10)),
        )
    assert not refusals(answers)


def test_an_allowance_comes_back_with_time_and_is_then_forgotten() -> None:
    now = [0.0]
    rate_limits = RateLimits(Settings(sends_per_second=2), clock=lambda: now[0])
    for _ in range(20):
        rate_limits.spend("alice", SEND)
    with pytest.raises(RateLimited):
        rate_limits.spend("alice", SEND)
    now[0] = PAUSE_SECONDS * 0.9
    with pytest.raises(RateLimited):  # a token is there, but what follows the refused one may be on its way still
        rate_limits.spend("alice", SEND)
    now[0] = PAUSE_SECONDS
    for _ in range(2):
        rate_limits.spend("alice", SEND)
    rate_limits.sweep()
    assert len(rate_limits) == 1

    now[0] += BURST_SECONDS
    rate_limits.sweep()
    assert len(rate_limits) == 0


def test_what_is_charged_beyond_an_allowance_is_made_up_for_before_it_is_forgotten() -> None:
    now = [0.0]
    rate_limits = RateLimits(Settings(sends_per_second=2), clock=lambda: now[0])
    rate_limits.spend("alice", SEND)
    rate_limits.charge("alice", SEND, 29)
    now[0] = 5.0
    with pytest.raises(RateLimited):
        rate_limits.spend("alice", SEND)
    now[0] += BURST_SECONDS
    rate_limits.sweep()
    assert len(rate_limits) == 0


def test_zero_is_no_limit() -> None:
    rate_limits = RateLimits(Settings(sends_per_second=0), clock=lambda: 0.0)
    for _ in range(10_000):
        rate_limits.spend("alice", SEND)
    assert len(rate_limits) == 0
