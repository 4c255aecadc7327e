"""A room with a retention loses old messages by its owner's decision, once, and the rules know it."""

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest

from chat_service.ownership import retention
from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.auth.principal import SYSTEM_PRINCIPAL, Principal
from chatflow.http.service_client import ServiceClient
from chatflow.ids import PARTITIONS, SYSTEM
from chatflow.protocol.commands import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    PinMessage,
    TrimRoom,
    UnpinMessage,
    UpdateRoom,
)
from chatflow.wire.retention import Trim
from tests.chat_service.edges import Gateway, MemoryBus
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, BOB, saying
from tests.chat_service.rooms import PureRoom, channel
from tests.chat_service.talk import found_room
from tests.chatflow.conditions import until


def trim_of(room: PureRoom, through_n: int, *, days: int = 30) -> TrimRoom:
    return TrimRoom(room_id=room.room_id, through_n=through_n, retention_days=days)


@pytest.fixture
def room() -> PureRoom:
    return channel(BOB, retention_days=30)


def test_the_system_trims_a_room_through_a_message(room: PureRoom) -> None:
    room.say(ALICE)
    room.say(BOB)
    event = room.do(SYSTEM, trim_of(room, 1))

    assert (event["type"], event["through_n"], event["n"], event["actor"]) == ("room.trimmed", 1, 2, SYSTEM)


def test_the_pin_of_a_message_that_was_trimmed_can_be_taken_off_and_not_put_back(room: PureRoom) -> None:
    message_id = room.say(ALICE)
    pin, unpin = PinMessage(room_id=room.room_id, id=message_id), UnpinMessage(room_id=room.room_id, id=message_id)
    room.do(ALICE, pin)
    room.do(SYSTEM, trim_of(room, room.state.n))

    assert room.do(ALICE, unpin)["type"] == "message.unpinned"
    assert room.refuse(ALICE, pin) == "not_found"
    assert room.refuse(ALICE, unpin) == "not_found"


def test_nobody_else_trims_not_even_its_owner(room: PureRoom) -> None:
    room.say(ALICE)
    assert room.refuse(ALICE, trim_of(room, 1)) == "forbidden"


@pytest.mark.parametrize(
    ("principal", "outcome"),
    [
        (SYSTEM_PRINCIPAL, "ok"),
        # An older worker, during an upgrade, says no more than the name.
        (None, "ok"),
        # Whatever the name.
        (Principal(SYSTEM, role="owner"), "forbidden"),
        (Principal(SYSTEM, kind="bot"), "forbidden"),
    ],
)
async def test_a_worker_trims_for_the_system_and_not_for_its_name(
    worker: Worker, gateway: Gateway, principal: Principal | None, outcome: str
) -> None:
    room_id = await found_room(gateway)
    await gateway.ask(gateway.command(ALICE, room_id, UpdateRoom(room_id=room_id, retention_days=30)))
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "old")))
    trim = gateway.command(SYSTEM, room_id, TrimRoom(room_id=room_id, through_n=1, retention_days=30))

    [answer] = await gateway.ask(msgspec.structs.replace(trim, principal=principal))

    assert answer.get("code", "ok") == outcome


def test_a_trim_that_is_done_or_no_longer_wanted_changes_nothing(room: PureRoom) -> None:
    room.say(ALICE)
    room.say(ALICE)
    room.do(SYSTEM, trim_of(room, 2))

    assert room.changes_nothing(SYSTEM, trim_of(room, 1))
    assert room.changes_nothing(SYSTEM, trim_of(room, 2))
    room.say(ALICE)
    room.do(ALICE, UpdateRoom(room_id=room.room_id, retention_days=60))
    assert room.changes_nothing(SYSTEM, trim_of(room, 3))
    room.do(ALICE, UpdateRoom(room_id=room.room_id, retention_days=None))
    assert room.changes_nothing(SYSTEM, trim_of(room, 3, days=60))


def test_there_is_nothing_to_trim_past_the_last_message(room: PureRoom) -> None:
    room.say(ALICE)
    assert room.refuse(SYSTEM, trim_of(room, 2)) == "invalid"


def test_what_is_trimmed_can_be_neither_edited_nor_marked_nor_deleted(room: PureRoom) -> None:
    message_id = room.say(ALICE)
    room.do(SYSTEM, trim_of(room, 1))

    assert room.refuse(ALICE, EditMessage(room_id=room.room_id, id=message_id, text="again")) == "not_found"
    assert room.refuse(BOB, AddReaction(room_id=room.room_id, id=message_id, emoji="👍")) == "not_found"
    # A deletion would change counts, and there is nothing left to take away.
    assert room.changes_nothing(ALICE, DeleteMessage(room_id=room.room_id, id=message_id))


@pytest.fixture
async def asking(
    worker: Worker, store: FakeStore, bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The worker asks for trims all the time."""
    monkeypatch.setattr(retention, "ASK_SECONDS", 0.02)
    monkeypatch.setattr(retention, "REMAINDER_AFTER_SECONDS", 0.02)
    client = ServiceClient("message_service", store.url, "s" * 32)
    task = asyncio.create_task(
        retention.trim_forever(RoomLog(client), bus, worker_id="w1", own_partitions=lambda: list(range(PARTITIONS)))
    )
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await client.close()


@pytest.mark.usefixtures("asking")
async def test_owners_trim_the_rooms_that_are_due_and_each_once(gateway: Gateway, store: FakeStore) -> None:
    room_ids = [await found_room(gateway) for _ in range(3)]
    sent = {}
    for room_id in room_ids:
        await gateway.ask(gateway.command(ALICE, room_id, UpdateRoom(room_id=room_id, retention_days=30)))
        [sent[room_id]] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "secret", cid=room_id)))
    store.trims = [Trim(room_id=room_id, retention_days=30, through_n=1) for room_id in room_ids]
    await until(lambda: all(store.rooms[room_id].trimmed_n == 1 for room_id in room_ids))
    # It is due until the store says otherwise; doing it again does nothing.
    asked = store.questions_for_trims
    await until(lambda: store.questions_for_trims > asked + 10)

    trimmed = [
        event for room_id in room_ids for event in store.rooms[room_id].events if event["type"] == "room.trimmed"
    ]
    assert len(trimmed) == 3
    for room_id in room_ids:
        edit = EditMessage(room_id=room_id, id=sent[room_id]["id"], text="back again")
        [refused] = await gateway.ask(gateway.command(ALICE, room_id, edit))
        [again] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "what it was", cid=room_id)))
        assert refused["code"] == "not_found"
        # What it said is known nowhere any more, so nothing contradicts it.
        assert (again["seq"], again["duplicate"]) == (sent[room_id]["seq"], True)


@pytest.mark.usefixtures("asking")
async def test_what_could_not_be_trimmed_is_not_tried_again_at_once(
    gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await found_room(gateway)
    monkeypatch.setattr(retention, "ASK_SECONDS", 0.5)
    store.trims = [Trim(room_id=room_id, retention_days=30, through_n=1)]
    asked, begun = store.questions_for_trims, time.monotonic()
    # One that was under way, two and a rest between them, and as many again.
    await until(lambda: store.questions_for_trims >= asked + 6)

    assert time.monotonic() - begun >= 0.5
