"""Ownership is only for speed: with two owners, late ones or dying ones every promise is kept."""

import asyncio

from msgspec.structs import replace

from chat_service.worker import Worker
from chatflow.protocol.commands import (
    AddReaction,
    DeleteMessage,
    KickMember,
    UpdateRoom,
)
from tests.chat_service.conftest import HasLease
from tests.chat_service.edges import Gateway
from tests.chat_service.fake_store import FakeStore, Fault
from tests.chat_service.people import ALICE, BOB, saying
from tests.chat_service.talk import found_room, seqs, texts
from tests.chatflow.conditions import until


async def test_two_owners_of_a_room_never_both_win(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway, BOB)
    commands = []
    for count in range(200):
        gateway.worker_id = f"w{1 + count % 2}"
        actor = (ALICE, BOB)[count % 2]
        commands.append(gateway.command(actor, room_id, saying(room_id, f"{actor} {count:03}")))
        gateway.send(commands[-1])
        await asyncio.sleep(0)
    answers = await gateway.answers(*commands)

    assert sorted(seqs(answers)) == list(range(3, 203))
    assert sorted(texts(store, room_id)) == sorted(command.body.text for command in commands)  # type: ignore[union-attr]
    by_alice = [text for text in texts(store, room_id) if text.startswith(ALICE)]
    assert by_alice == sorted(by_alice)
    assert sorted(event.seq for event in gateway.events) == list(range(1, 203))


async def test_a_decision_on_a_state_that_is_out_of_date_is_made_again(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    """Neither an ok nor a refusal is sent before the log confirms it."""
    room_id = await found_room(gateway, BOB)
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, UpdateRoom(room_id=room_id, archived=True), lane="x"))
    gateway.worker_id = "w1"
    [refused] = await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, UpdateRoom(room_id=room_id, archived=False), lane="x"))
    gateway.worker_id = "w1"
    [allowed] = await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))

    assert refused["code"] == "archived"
    assert allowed["ok"]


async def test_a_zombie_between_decision_and_append_changes_nothing(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway, BOB)
    store.open.clear()
    held_up = gateway.command(BOB, room_id, saying(room_id, "from the zombie"))
    gateway.send(held_up)
    await until(lambda: store.at_the_door == 1)
    gateway.worker_id = "w2"
    kick = gateway.command(ALICE, room_id, KickMember(room_id=room_id, user_id=BOB), lane="x")
    # The other owner's append overtakes the one that stands at the door.
    store.overtaking = 1
    [kicked] = await gateway.ask(kick)
    store.open.set()
    [answer] = await gateway.answers(held_up)

    assert kicked["ok"]
    assert answer["code"] == "not_a_member"
    assert texts(store, room_id) == []


async def test_what_another_worker_did_to_a_message_is_not_overlooked(
    worker: Worker, other_worker: Worker, gateway: Gateway
) -> None:
    room_id = await found_room(gateway)
    [sent] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, DeleteMessage(room_id=room_id, id=sent["id"])))
    gateway.worker_id = "w1"
    reaction = AddReaction(room_id=room_id, id=sent["id"], emoji="👍")
    [refused] = await gateway.ask(gateway.command(ALICE, room_id, reaction))

    assert refused["code"] == "not_found"


async def test_a_worker_without_its_lease_decides_and_answers_nothing(
    worker: Worker, gateway: Gateway, store: FakeStore, has_lease: HasLease
) -> None:
    room_id = await found_room(gateway)
    store.open.clear()
    taken = gateway.command(ALICE, room_id, saying(room_id, "taken"))
    waiting = gateway.command(ALICE, room_id, saying(room_id, "waiting"))
    store.appends.clear()
    gateway.send(taken)
    await until(lambda: len(store.appends) == 1)
    gateway.send(waiting)
    has_lease.value = False
    store.open.set()
    await gateway.answers(taken)
    gateway.send(gateway.command(ALICE, room_id, saying(room_id, "late")))
    has_lease.value = True
    [answer] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "owned again"), floor=5))

    assert answer["ok"]
    assert texts(store, room_id) == ["taken", "owned again"]
    assert (waiting.lane, waiting.number) not in gateway.replies


async def test_what_a_worker_dropped_with_its_lease_is_decided_when_it_is_asked_for_again(
    worker: Worker, gateway: Gateway, store: FakeStore, has_lease: HasLease
) -> None:
    room_id = await found_room(gateway)
    store.open.clear()
    taken = gateway.command(ALICE, room_id, saying(room_id, "taken"))
    dropped = gateway.command(ALICE, room_id, saying(room_id, "dropped"))
    gateway.send(taken)
    await until(lambda: store.at_the_door == 1)
    gateway.send(dropped)
    has_lease.value = False
    store.open.set()
    await gateway.answers(taken)
    has_lease.value = True
    [answer] = await gateway.ask(replace(dropped, attempt=2, floor=dropped.number))

    assert answer["ok"]
    assert texts(store, room_id) == ["taken", "dropped"]


async def test_a_worker_that_stops_finishes_what_it_took(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id = await found_room(gateway)
    commands = [gateway.command(ALICE, room_id, saying(room_id, f"{n}")) for n in range(10)]
    store.faults.append(Fault.ANSWER_LOST)
    gateway.send(*commands)
    await worker.finish()
    gateway.send(gateway.command(ALICE, room_id, saying(room_id, "too late")))

    assert all((command.lane, command.number) in gateway.replies for command in commands)
    assert texts(store, room_id) == [f"{n}" for n in range(10)]


async def test_what_another_owner_wrote_behind_a_run_of_unknown_outcome_is_announced(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    """The other owner may have died before it published; and no command makes this one read the room."""
    room_id = await found_room(gateway)
    store.faults.extend([Fault.ANSWER_LOST] + [Fault.LOST] * 50)
    ours = gateway.command(ALICE, room_id, saying(room_id, "ours"))
    gateway.send(ours)
    await until(lambda: store.rooms[room_id].head == 2)
    store.open.clear()
    await until(lambda: store.at_the_door == 1)
    store.faults.clear()
    gateway.worker_id = "w2"
    store.overtaking = 1
    [theirs] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "theirs"), lane="x"))
    store.open.set()
    [answer] = await gateway.answers(ours)

    assert seqs([answer, theirs]) == [2, 3]
    await until(lambda: any(beat.worker_id == "w1" and beat.heads.get(room_id) == 3 for beat in gateway.beats))
