"""Which rooms a worker keeps in memory, and what one wrong rule costs."""

import pytest

from chat_service.deciding import rooms as rooms_module
from chat_service.deciding.incoming_lanes import IncomingCommand, IncomingLane
from chat_service.deciding.rooms import IDLE_SECONDS, LiveRoom, Rooms
from chatflow.protocol.commands import LeaveRoom
from tests.chat_service.edges import Gateway
from tests.chat_service.people import ALICE


def used(rooms: Rooms, gateway: Gateway, room_id: str, *, now: float) -> LiveRoom:
    """Let a command come and go."""
    rooms.enqueue(
        IncomingCommand(gateway.command(ALICE, room_id, LeaveRoom(room_id=room_id)), IncomingLane(1)), now=now
    )
    room = rooms.ready.pop(room_id)
    rooms.take_queue(room, limit=10)
    return room


async def test_a_room_that_nobody_uses_leaves_memory(gateway: Gateway) -> None:
    rooms = Rooms()
    used(rooms, gateway, "old", now=0.0)
    used(rooms, gateway, "new", now=1.0)
    rooms.forget_idle(now=IDLE_SECONDS)
    assert len(rooms) == 1
    rooms.forget_idle(now=IDLE_SECONDS + 1)
    assert len(rooms) == 0


async def test_past_the_bound_the_rooms_used_longest_ago_leave(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "ROOMS_AT_MOST", 2)
    rooms = Rooms()
    kept = [used(rooms, gateway, f"{count}", now=float(count)) for count in range(5)]
    rooms.forget_idle(now=5.0)
    assert [used(rooms, gateway, f"{count}", now=6.0) is kept[count] for count in range(5)] == [False] * 3 + [True] * 2


async def test_a_room_with_something_to_do_stays(gateway: Gateway) -> None:
    rooms = Rooms()
    rooms.enqueue(IncomingCommand(gateway.command(ALICE, "busy", LeaveRoom(room_id="busy")), IncomingLane(1)), now=0.0)
    rooms.forget_idle(now=10 * IDLE_SECONDS)
    assert len(rooms) == 1
