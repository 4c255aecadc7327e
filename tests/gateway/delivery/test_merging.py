"""Frequent changes are told once a second, in slices; the cost depends on who is told, not on how often they come."""

import asyncio
import time
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatflow.auth.account_facts.pages import ProfileChanged
from chatflow.wire.bus import TypingChanged
from gateway.delivery.delivery import Delivery
from gateway.delivery.merging import SOCKETS_PER_SLICE, Merged
from gateway.delivery.room_stream import RoomStream
from gateway.engine.outbound import Outbound
from gateway.presence.typing import Typists
from gateway.sessions.connection import Connections
from tests.chatflow.conditions import until
from tests.gateway.unplugged_gateway import UnpluggedGateway
from tests.gateway.world import World


class Socket:
    """The edge of a gateway: takes what is written to it."""

    is_ready = True
    is_over = False
    writes = 0

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.session = self
        self.packets: list[str] = []

    def take(self, frames: bytes, packets: list[str]) -> None:
        Socket.writes += 1
        self.packets += packets


def crowd(count: int) -> list[Any]:
    return [Socket(f"person {number}") for number in range(count)]


def told_by(sockets: Iterable[Any]) -> Merged[str]:
    numbers = iter(range(1_000_000))
    return Merged(Outbound(), audience=lambda key: sockets, packet=lambda key: f"{key} {next(numbers)}")


async def test_between_two_turns_of_the_loop_few_sockets_are_written_to() -> None:
    sockets = crowd(20 * SOCKETS_PER_SLICE)
    merged = told_by(sockets)
    Socket.writes = 0
    per_turn: list[int] = []
    merged.notify("popular")
    while not sockets[-1].packets:
        before = Socket.writes
        await asyncio.sleep(0)
        per_turn.append(Socket.writes - before)
    assert max(per_turn) <= SOCKETS_PER_SLICE
    assert all(socket.packets == ["popular 0"] for socket in sockets)
    await merged.close()


async def test_whoever_hears_of_many_is_written_to_once() -> None:
    sockets = crowd(50)
    merged = told_by(sockets)
    Socket.writes = 0
    for number in range(100):
        merged.notify(f"person {number}")
    await until(lambda: len(sockets[-1].packets) == 100)
    assert Socket.writes == len(sockets)
    await merged.close()


async def test_what_changes_all_the_time_is_told_once_a_second_and_in_the_end_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.delivery.merging.MERGE_SECONDS", 0.2)
    [socket] = sockets = crowd(1)
    states = iter(range(1_000_000))
    state = 0
    merged = Merged[str](Outbound(), audience=lambda key: sockets, packet=lambda key: str(state))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + 1.0:
        state = next(states)
        merged.notify("restless")
        await asyncio.sleep(0)
    await until(lambda: socket.packets[-1] == str(state))
    assert len(socket.packets) <= 2 + (loop.time() - begun) / 0.2
    await merged.close()


async def test_telling_rests_for_nine_times_as_long_as_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.delivery.merging.MERGE_SECONDS", 0.0)
    [socket] = sockets = crowd(1)
    # Each look at it is a tenth of a second later, and there are two.
    ticks = iter(range(1_000_000))
    merged = Merged[str](
        Outbound(), audience=lambda key: sockets, packet=lambda key: key, clock=lambda: next(ticks) / 10
    )
    loop = asyncio.get_running_loop()
    merged.notify("first")
    await until(lambda: socket.packets == ["first"])
    begun = loop.time()
    merged.notify("second")
    await until(lambda: socket.packets == ["first", "second"])
    assert loop.time() - begun > 0.8
    await merged.close()


async def test_what_cannot_be_told_is_logged_and_keeps_nothing_else_from_being_told() -> None:
    [socket] = sockets = crowd(1)
    packets = {"unheard": "packet", "good": "packet"}
    audiences: dict[str, Any] = {"unsaid": sockets, "good": sockets}
    merged = Merged[str](Outbound(), audience=audiences.__getitem__, packet=packets.__getitem__)
    with capture_logs() as logs:
        for key in ("unsaid", "unheard", "good"):
            merged.notify(key)
        await until(lambda: socket.packets == ["packet"])
    assert [line["log_level"] for line in logs] == ["error", "error"]
    await merged.close()


async def test_whoever_ends_while_others_are_told_is_told_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.delivery.merging.PAIRS_PER_SLICE", 1)
    sockets = crowd(3)
    merged = told_by(sockets)
    merged.notify("popular")
    await asyncio.sleep(0)
    # Its session may be somebody else's from here on.
    sockets[1].is_over = True
    await until(lambda: bool(sockets[2].packets))
    assert [socket.packets for socket in sockets] == [["popular 0"], [], ["popular 0"]]
    await merged.close()


async def test_a_profile_that_changes_again_while_others_are_told_of_is_told_and_whoever_changes_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.delivery.merging.MERGE_SECONDS", 0.05)
    monkeypatch.setattr("gateway.delivery.merging.PAIRS_PER_SLICE", 1)
    gateway = UnpluggedGateway(World())
    [socket] = crowd(1)
    socket.principal = SimpleNamespace(session_id="session")
    gateway.connections.add(socket)

    def change(user_id: str, name: str) -> None:
        gateway.profiles.on_facts([ProfileChanged({"id": user_id, "display_name": name})])

    with capture_logs() as logs:
        change("alice", "first")
        change("bob", "first")
        await asyncio.sleep(0)
        change("bob", "second")
        change("carol", "first")
        await until(lambda: len(socket.packets) == 3)
    assert ["second" in packet for packet in socket.packets] == [False, True, False]
    assert not logs
    gateway.connections.remove(socket)
    await gateway.profiles.close()
    await gateway.close()


class Room:
    """A room at a gateway, with so many members whose sockets are all there."""

    def __init__(self, members: int) -> None:
        outbound = Outbound()
        self.outbound = outbound
        delivery = Delivery(outbound, Connections(), on_behind=lambda stream: None, on_recheck=lambda streams: None)
        self.stream = stream = delivery.streams["room"] = RoomStream("room", 0)
        stream.kind, stream.member_count = "channel", members
        self.sockets = crowd(members)
        stream.listeners = {socket: socket.session for socket in self.sockets}
        for socket in self.sockets[:100]:
            socket.rooms = {"room"}
        self.typists = Typists(delivery, outbound, send=self.receive)

    def receive(self, signal: TypingChanged) -> None:
        self.typists.on_changed(signal)

    def type_a_second_long(self) -> None:
        """A hundred people start and stop as often as the limits let them."""
        for _ in range(15):
            for active in (True, False):
                for socket in self.sockets[:100]:
                    self.typists.say(socket, "room", active=active)
                    self.outbound.flush()


def cpu_seconds(members: int) -> float:
    def once() -> float:
        room = Room(members)
        begun = time.process_time()
        room.type_a_second_long()
        return time.process_time() - begun

    return min(once() for _ in range(10))


async def test_typing_costs_no_more_in_a_room_of_ten_thousand_than_in_one_of_a_hundred() -> None:
    assert cpu_seconds(10_000) < 1.5 * cpu_seconds(100)


async def test_typing_is_written_to_each_socket_once_a_second() -> None:
    room = Room(200)
    Socket.writes = 0
    room.type_a_second_long()
    # Only the first is told at once; nothing that the others said or took back within the second.
    assert Socket.writes == 199


@pytest.mark.parametrize(("listeners", "is_small"), [(200, True), (201, False)])
async def test_where_nobody_has_told_how_large_a_room_is_those_who_are_here_count(
    listeners: int, is_small: bool
) -> None:
    room = Room(listeners)
    room.stream.kind, room.stream.member_count = None, 0
    assert room.stream.is_small is is_small


async def test_who_typed_is_forgotten_also_when_the_bus_brings_nothing_back() -> None:
    room = Room(200)
    room.typists._send = lambda signal: None
    for socket in room.sockets[:100]:
        room.typists.say(socket, "room", active=True)
    assert len(room.typists._said) == 100
    room.typists._loop = Late()  # type: ignore[assignment]
    room.typists.say(room.sockets[0], "room", active=True)
    assert len(room.typists._said) == 1


class Late:
    """The loop's clock, some time later."""

    def time(self) -> float:
        return asyncio.get_running_loop().time() + 60.0
