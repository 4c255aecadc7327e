"""A defect of ours in handling one event is reported, and harms no other event."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
import structlog

from chatflow.wire.bus import TypingChanged
from gateway.commands.outgoing_lane import OutgoingCommand
from gateway.engine.limits import BACKLOG_EVENTS
from gateway.engine.packets import event_packet
from gateway.metrics import ACKS
from gateway.presence.presence import Presence
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway

WEBSOCKET, POLLING = ["websocket"], ["polling"]


def tripping(real: Callable[..., Any], *, at: set[int]) -> Callable[..., Any]:
    """Return what does the same, but for these calls, the first being 0."""
    calls = count()

    def trip(*args: Any, **kwargs: Any) -> Any:
        return 1 // 0 if next(calls) in at else real(*args, **kwargs)

    return trip


@pytest.mark.parametrize("transports", [WEBSOCKET, POLLING])
async def test_an_event_that_trips_us_is_answered_internal_and_those_around_it_as_ever(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch, transports: list[str]
) -> None:
    device = await gateway.device(alice, transports=transports)
    answers: list[Any] = []
    before = ACKS.counts["internal"]
    monkeypatch.setattr("gateway.commands.dispatch.write_instant", tripping(lambda at: "now", at={1}))
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            await device.client.emit("ping:app", {}, callback=answers.append)
        await until(lambda: len(answers) == 3)
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, "internal", None]
    assert answers[1]["error"]["retryable"] is True
    told = [line for line in lines if line["log_level"] == "error"]
    assert [(line["name"], line["exc_info"]) for line in told] == [("ping:app", True)]
    assert ACKS.counts["internal"] == before + 1
    assert device.client.connected


@pytest.mark.parametrize("transports", [WEBSOCKET, POLLING])
async def test_an_event_without_an_ack_that_trips_us_ends_nothing(
    gateway: Gateway, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch, transports: list[str]
) -> None:
    room = gateway.world.room(alice, bob)
    device, other = await gateway.device(alice, transports=transports), await gateway.device(bob)
    monkeypatch.setattr("gateway.presence.typing.TypingChanged", tripping(TypingChanged, at={0}))
    await device.client.emit("typing:start", {"room_id": room.id})
    await device.client.emit("typing:start", {"room_id": room.id})
    assert (await other.told("typing"))["room_id"] == room.id
    assert (await device.ask("ping:app", {}))["ok"]


async def test_a_message_that_trips_us_leaves_no_hole_and_the_next_ones_their_order(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    answers: list[Any] = []
    monkeypatch.setattr("gateway.commands.sender.OutgoingCommand", tripping(OutgoingCommand, at={1}))
    for number in range(4):
        message = {"room_id": room.id, "cid": str(number), "text": str(number)}
        await device.client.emit("message:send", message, callback=answers.append)
    await until(lambda: len(answers) == 4)
    assert sorted(answer["ok"] for answer in answers) == [False, True, True, True]
    await device.has(room.id, [2, 3, 4])
    assert [event["message"]["text"] for event in device.all("event")] == ["0", "2", "3"]


async def test_events_that_tripped_us_do_not_count_as_unanswered(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = gateway.world.room(alice)
    device = await gateway.device(alice)
    answers: list[Any] = []
    too_many = BACKLOG_EVENTS + 10
    monkeypatch.setattr("gateway.commands.sender.OutgoingCommand", tripping(OutgoingCommand, at=set(range(too_many))))
    for number in range(too_many):
        message = {"room_id": room.id, "cid": str(number), "text": "x"}
        await device.client.emit("message:send", message, callback=answers.append)
    await until(lambda: len(answers) == too_many)
    assert (await device.ask("ping:app", {}))["ok"]


async def test_a_socket_that_cannot_be_let_in_for_a_fault_is_closed_and_may_come_again(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.sessions.lifecycle.event_packet", tripping(event_packet, at={0}))
    device = gateway.new_device(alice)
    await device.connect()
    await until(lambda: not device.client.connected)
    await gateway.device(alice)


async def test_a_socket_that_trips_us_as_it_comes_in_is_closed_and_may_come_again(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Presence, "arrive", tripping(Presence.arrive, at={0}))
    device = gateway.new_device(alice)
    await device.connect()
    await until(lambda: not device.client.connected)
    await gateway.device(alice)


@pytest.mark.parametrize("transports", [WEBSOCKET, POLLING])
async def test_a_socket_that_trips_us_as_it_goes_is_closed_nonetheless(
    gateway: Gateway, alice: str, monkeypatch: pytest.MonkeyPatch, transports: list[str]
) -> None:
    device = await gateway.device(alice, transports=transports)
    monkeypatch.setattr(Presence, "depart", tripping(Presence.depart, at={0}))
    gateway.world.revoke(device.session_id)
    assert await device.told("session:ending") == {"reason": "revoked"}
    await until(lambda: not device.client.connected)
