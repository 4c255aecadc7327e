"""Acknowledged messages are in the log, once and in order, whatever the store does to an append."""

import pytest

from chat_service.commit import committer, pace
from chat_service.worker import Worker
from chatflow.ids import new_id
from chatflow.protocol.commands import (
    SendMessage,
)
from chatflow.protocol.objects import Attachment
from tests.chat_service.edges import Gateway
from tests.chat_service.fake_store import FakeStore, Fault
from tests.chat_service.people import ALICE, BOB, saying
from tests.chat_service.talk import found_room, seqs, texts
from tests.chatflow.conditions import until


async def test_what_comes_during_an_append_goes_with_the_next_one(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    rooms = [await found_room(gateway) for _ in range(3)]
    store.appends.clear()
    store.open.clear()
    first = gateway.command(ALICE, rooms[0], saying(rooms[0]))
    gateway.send(first)
    await until(lambda: len(store.appends) == 1)
    later = [gateway.command(ALICE, room_id, saying(room_id)) for room_id in rooms for _ in range(5)]
    gateway.send(*later)
    store.open.set()
    await gateway.answers(first, *later)

    assert [len(append.runs) for append in store.appends] == [1, 3]
    assert [len(run.steps) for run in store.appends[1].runs] == [5, 5, 5]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.ANSWER_LOST])
async def test_an_append_of_unknown_outcome_is_asked_again_unchanged(
    worker: Worker, gateway: Gateway, store: FakeStore, fault: Fault
) -> None:
    room_id = await found_room(gateway)
    store.appends.clear()
    store.faults.append(fault)
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id, f"{n}")) for n in range(5)))

    assert seqs(answers) == [2, 3, 4, 5, 6]
    assert texts(store, room_id) == ["0", "1", "2", "3", "4"]
    assert store.appends[0].runs == store.appends[1].runs
    assert [event.seq for event in gateway.events] == [1, 2, 3, 4, 5, 6]


async def test_a_room_of_unknown_outcome_waits_and_no_other_does(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    frozen, other = await found_room(gateway), await found_room(gateway)
    store.faults.extend([Fault.LOST, Fault.LOST, Fault.LOST])
    held_up = [gateway.command(ALICE, frozen, saying(frozen, f"{n}")) for n in range(2)]
    gateway.send(held_up[0])
    await until(lambda: not store.faults)
    gateway.send(held_up[1])
    [answer] = await gateway.ask(gateway.command(ALICE, other, saying(other)))
    answers = await gateway.answers(*held_up)

    assert answer["ok"]
    assert seqs(answers) == [2, 3]


async def test_a_refusal_in_a_run_of_unknown_outcome_is_not_decided_behind_what_followed_it(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    store.faults.append(Fault.ANSWER_LOST)
    first, empty, third, last = (gateway.command(ALICE, room_id, saying(room_id, text)) for text in ("a", "", "b", ""))
    answers = await gateway.ask(first, empty, third, last)

    assert [answer.get("code") for answer in answers] == [None, "unavailable", None, "invalid"]


async def test_a_store_that_is_away_for_a_moment_is_a_pause(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id = await found_room(gateway)
    store.faults.extend([Fault.UNAVAILABLE] * 3)
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id, f"{n}")) for n in range(3)))

    assert seqs(answers) == [2, 3, 4]
    assert texts(store, room_id) == ["0", "1", "2"]


async def test_a_pause_of_the_store_is_not_counted_with_the_one_before(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await found_room(gateway)
    monkeypatch.setattr(committer, "GIVE_UP_SECONDS", 0.0)
    answers = []
    for text in ("first", "second"):
        store.faults.append(Fault.UNAVAILABLE)
        answers += await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, text)))

    assert seqs(answers) == [2, 3]


async def test_a_command_too_close_to_its_deadline_is_not_tried_nor_what_is_behind_it(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    late = gateway.command(ALICE, room_id, saying(room_id, "late"), seconds=0.1)
    behind = gateway.command(ALICE, room_id, saying(room_id, "behind"))
    elsewhere = gateway.command(ALICE, room_id, saying(room_id, "other lane"), lane="other")
    again = gateway.command(ALICE, room_id, saying(room_id, "again"), lane="third", seconds=0.1, attempt=2)
    answers = await gateway.ask(late, behind, elsewhere, again)

    assert [answer.get("code") for answer in answers] == ["unavailable", "unavailable", None, "timeout"]
    assert texts(store, room_id) == ["other lane"]


async def test_what_stays_unknown_past_its_deadline_is_a_timeout_and_the_room_goes_on(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    store.faults.extend([Fault.LOST] * 50)
    lost = gateway.command(ALICE, room_id, saying(room_id, "lost"), seconds=0.4)
    gateway.send(lost)
    await until(lambda: len(store.faults) < 50)
    behind = gateway.command(ALICE, room_id, saying(room_id, "behind"))
    others = gateway.command(ALICE, room_id, saying(room_id, "other lane"), lane="other")
    gateway.send(behind, others)
    [answer] = await gateway.answers(lost)
    store.faults.clear()
    answers = await gateway.answers(behind, others)

    assert answer == {"ok": False, "code": "timeout"}
    assert max(append.deadline for append in store.appends if lost.op in str(append)) <= lost.deadline
    assert [answer.get("code") for answer in answers] == ["unavailable", None]
    assert texts(store, room_id) == ["other lane"]


async def test_a_run_of_unknown_outcome_is_asked_for_no_longer_than_the_first_of_its_senders_waits(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    store.appends.clear()
    store.faults.extend([Fault.LOST] * 50)
    calm = gateway.command(ALICE, room_id, saying(room_id), lane="calm")
    hurried = gateway.command(ALICE, room_id, saying(room_id), seconds=0.5)
    answers = await gateway.ask(calm, hurried)

    assert [answer["code"] for answer in answers] == ["timeout", "timeout"]
    assert max(append.deadline for append in store.appends) <= hurried.deadline


async def test_garbage_on_the_inbox_is_dropped(worker: Worker, gateway: Gateway) -> None:
    for garbage in (b"", b"\xc1", b"[]", b"\x91\x91\x01", b"\xa3\xff\xfe\xfd"):
        gateway.bus.publish("commands.w1", garbage)
    assert await found_room(gateway)


async def test_what_could_not_be_written_goes_before_what_came_since(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    store.appends.clear()
    store.open.clear()
    commands = [gateway.command(ALICE, room_id, saying(room_id, f"{n}"), lane=f"{n}") for n in range(6)]
    gateway.send(*commands[:3])
    await until(lambda: len(store.appends) == 1)
    gateway.send(*commands[3:])
    store.faults.append(Fault.UNAVAILABLE)
    store.open.set()
    await gateway.answers(*commands)

    assert texts(store, room_id) == ["0", "1", "2", "3", "4", "5"]


async def test_an_append_is_not_written_past_the_deadline_of_any_command_in_it(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    hurried = gateway.command(ALICE, room_id, saying(room_id), seconds=1.0)
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id), lane="calm"), hurried)

    assert store.appends[-1].deadline == hurried.deadline


async def test_an_append_is_hurried_by_any_of_its_rooms(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    calm_id, hurried_id = await found_room(gateway), await found_room(gateway)
    calm = gateway.command(ALICE, calm_id, saying(calm_id))
    hurried = gateway.command(ALICE, hurried_id, saying(hurried_id), seconds=1.0)
    await gateway.ask(calm, hurried)

    assert [run.room_id for run in store.appends[-1].runs] == [calm_id, hurried_id]
    assert store.appends[-1].deadline == hurried.deadline


async def test_a_full_worker_is_unavailable_and_recovers(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await found_room(gateway)
    monkeypatch.setattr(pace, "WAITING_AT_MOST", 5)
    commands = [gateway.command(ALICE, room_id, saying(room_id, f"{n}")) for n in range(8)]
    answers = await gateway.ask(*commands)
    [after] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "after")))

    assert [answer.get("code") for answer in answers] == [None] * 5 + ["unavailable"] * 3
    assert after["ok"]
    assert texts(store, room_id) == ["0", "1", "2", "3", "4", "after"]


async def test_a_picture_is_sent_by_whoever_uploaded_it(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id = await found_room(gateway, BOB)
    picture = Attachment(id=new_id(), name="cat.png", type="image/png", size=1)
    store.files[ALICE, picture.id] = picture
    body = SendMessage(room_id=room_id, cid="1", text="", attachments=[picture.id])
    by_bob, by_alice = await gateway.ask(gateway.command(BOB, room_id, body), gateway.command(ALICE, room_id, body))

    assert by_bob["code"] == "invalid"
    assert by_alice["ok"]


async def test_a_file_that_was_missing_is_looked_for_again(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id = await found_room(gateway)
    picture = Attachment(id=new_id(), name="cat.png", type="image/png", size=1)
    body = SendMessage(room_id=room_id, cid="1", text="", attachments=[picture.id])
    [early] = await gateway.ask(gateway.command(ALICE, room_id, body))
    store.files[ALICE, picture.id] = picture
    [late] = await gateway.ask(gateway.command(ALICE, room_id, body))

    assert early["code"] == "invalid"
    assert late["ok"]
