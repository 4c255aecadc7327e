"""Two owners of everything, a store that fails at random, members that come and go: every promise is kept."""

import asyncio
import random
from collections import Counter

import pytest

from chat_service.worker import Worker
from chatflow.protocol.commands import JoinRoom, KickMember, SendMessage
from chatflow.wire.bus import Command
from tests.chat_service.edges import Gateway, Json
from tests.chat_service.fake_store import FakeStore, Fault
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.talk import found_room

FAULTS = [Fault.LOST, Fault.ANSWER_LOST, Fault.UNAVAILABLE]
ROUNDS, PER_ROUND = 30, 12


async def weather(store: FakeStore, choose: random.Random) -> None:
    while True:
        await asyncio.sleep(choose.random() * 0.05)
        store.faults.clear()
        store.faults.append(choose.choice(FAULTS))


def any_command(gateway: Gateway, choose: random.Random, room_id: str, count: int) -> Command:
    gateway.worker_id = choose.choice(["w1", "w2"])
    actor = choose.choice([ALICE, BOB, CAROL])
    lane = f"{actor} by {gateway.worker_id} in {room_id}"
    what = choose.random()
    if what < 0.04 and actor == ALICE:
        return gateway.command(ALICE, room_id, KickMember(room_id=room_id, user_id=BOB), lane=lane)
    if what < 0.15:
        return gateway.command(actor, room_id, JoinRoom(room_id=room_id), lane=lane)
    return gateway.command(actor, room_id, saying(room_id, f"{count:04}"), lane=lane)


@pytest.mark.parametrize("seed", range(3))
async def test_acknowledged_is_there_once_and_in_order_and_refused_is_not_there(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore, seed: int
) -> None:
    choose = random.Random(seed)
    rooms = [await found_room(gateway, BOB) for _ in range(3)]
    bad_weather = asyncio.create_task(weather(store, choose))
    commands: list[Command] = []
    for _ in range(ROUNDS):
        for _ in range(PER_ROUND):
            command = any_command(gateway, choose, choose.choice(rooms), len(commands))
            commands.append(command)
            gateway.send(command)
        await asyncio.sleep(choose.random() * 0.02)
    bad_weather.cancel()
    answers = await gateway.answers(*commands)

    sends = [(one, answer) for one, answer in zip(commands, answers, strict=True) if isinstance(one.body, SendMessage)]
    for room_id in rooms:
        here = [(one, answer) for one, answer in sends if one.room_id == room_id]
        log = {message["cid"]: message for message in store.rooms[room_id].messages.values()}
        assert len(log) == store.rooms[room_id].n
        assert {cid: log[cid]["seq"] for cid in acked(here)} == acked(here)
        assert not log.keys() & {one.body.cid for one, answer in here if answer.get("code") == "not_a_member"}
        places = {one.body.cid: (one.lane, one.number) for one, _ in here}
        for lane in {one.lane for one, _ in here}:
            numbers = [number for cid in log for name, number in [places[cid]] if name == lane]
            assert numbers == sorted(numbers)
    told = Counter((event.room_id, event.seq) for event in gateway.events)
    assert set(told.values()) == {1}
    # Enough went through, and enough went wrong, for the above to mean something.
    codes = Counter(answer.get("code", "ok") for answer in answers)
    assert codes["ok"] > len(commands) / 2
    assert codes["not_a_member"] > 0
    assert len(store.appends) > len(rooms) * 3


def acked(sends: list[tuple[Command, Json]]) -> dict[str | None, int]:
    return {one.body.cid: answer["seq"] for one, answer in sends if answer["ok"]}
