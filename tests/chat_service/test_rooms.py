"""Which rooms a worker keeps in memory, and what one wrong rule costs."""

import pytest

from chat_service import rooms as rooms_module
from chat_service.lines import Line, Pending
from chat_service.rooms import IDLE_SECONDS, LiveRoom, Rooms
from chat_service.rules import decide, messages
from chat_service.rules.context import Context
from chat_service.state import RoomState
from chat_service.worker import Worker
from chatflow.protocol.commands import LeaveRoom, SendMessage
from tests.chat_service.edges import Gateway
from tests.chat_service.people import ALICE, saying
from tests.chat_service.talk import found_room


def used(rooms: Rooms, gateway: Gateway, room_id: str, *, now: float) -> LiveRoom:
    """Let a command come and go."""
    rooms.enqueue(Pending(gateway.command(ALICE, room_id, LeaveRoom(room_id=room_id)), Line(1)), now=now)
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
    rooms.enqueue(Pending(gateway.command(ALICE, "busy", LeaveRoom(room_id="busy")), Line(1)), now=0.0)
    rooms.forget_idle(now=10 * IDLE_SECONDS)
    assert len(rooms) == 1


async def test_a_rule_that_is_wrong_costs_one_command_and_no_other(
    worker: Worker, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(state: RoomState, command: SendMessage, by: Context) -> object:
        return messages.send_message(state, command, by) if command.text != "trip" else 1 / 0

    room_id = await found_room(gateway)
    monkeypatch.setitem(decide.RULES, SendMessage, stumble)
    answers = await gateway.ask(
        *(gateway.command(ALICE, room_id, saying(room_id, text)) for text in ("walk", "trip", "on"))
    )
    assert [answer.get("code") for answer in answers] == [None, "internal", None]
