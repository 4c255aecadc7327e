"""A command is one command however often it comes: it is answered with its first result."""

import pytest

from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.creation import create_room
from chat_service.deciding.rules.message_state import MessagesInRun
from chat_service.deciding.state import RoomState
from chat_service.worker import Worker
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from chatflow.protocol.commands import (
    CreateRoom,
    DeclineRoom,
    EditMessage,
    KickMember,
    LeaveRoom,
)
from chatflow.protocol.events import RoomCreated
from chatflow.wire.log import Entry, Run, Step
from tests.chat_service.edges import Gateway
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, BOB, founding, saying
from tests.chat_service.talk import found_room, texts


def founding_event(room_id: str, founded: CreateRoom) -> RoomCreated:
    context = Context(
        principal=Principal(ALICE),
        at="2026-11-20T10:00:00.000Z",
        new_id=new_id(),
        messages=MessagesInRun({}, {}),
        blocked=AccountFacts(),
        edit_window_seconds=60,
    )
    return create_room(RoomState(room_id=room_id), founded, context)


async def test_a_known_op_is_answered_with_its_first_result_before_any_rule(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway, BOB)
    said = saying(room_id, "once")
    [first] = await gateway.ask(gateway.command(BOB, room_id, said))
    await gateway.ask(gateway.command(ALICE, room_id, KickMember(room_id=room_id, user_id=BOB)))
    [from_memory] = await gateway.ask(gateway.command(BOB, room_id, said))
    gateway.worker_id = "w2"
    [from_the_log, refused] = await gateway.ask(
        gateway.command(BOB, room_id, said), gateway.command(BOB, room_id, saying(room_id, "more"))
    )

    assert from_memory == from_the_log == first | {"duplicate": True}
    assert refused["code"] == "not_a_member"
    assert texts(store, room_id) == ["once"]


async def test_what_founds_a_room_and_what_is_said_in_it_may_have_the_same_cid(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    said, other = saying(room_id, "first", cid=founded.cid), saying(room_id, "second", cid=founded.cid)
    [made] = await gateway.ask(gateway.command(ALICE, room_id, founded))
    [sent, conflict] = await gateway.ask(gateway.command(ALICE, room_id, said), gateway.command(ALICE, room_id, other))
    again = []
    for gateway.worker_id in ("w1", "w2"):
        again += await gateway.ask(
            *(gateway.command(ALICE, room_id, body, lane="another device") for body in (founded, said))
        )

    assert (made["seq"], sent["seq"], conflict["code"]) == (1, 2, "conflict")
    assert again == [made | {"duplicate": True}, sent | {"duplicate": True}] * 2
    assert texts(store, room_id) == ["first"]


async def test_a_room_that_was_founded_under_its_plain_cid_still_answers_its_founding(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    entry = Entry(id=new_id(), op=f"c:{founded.cid}", owed=False, event=founding_event(room_id, founded))
    store.append(Run(room_id=room_id, expected_head=0, steps=[Step(entry)]))
    behind = saying(room_id, "behind")
    again, sent = await gateway.ask(gateway.command(ALICE, room_id, founded), gateway.command(ALICE, room_id, behind))
    [once_more, by_another] = await gateway.ask(
        gateway.command(ALICE, room_id, founded, lane="another device"), gateway.command(BOB, room_id, founded)
    )

    assert again == once_more == {"ok": True, "room_id": room_id, "seq": 1, "duplicate": True}
    assert by_another["code"] == "conflict"
    assert sent["seq"] == 2


async def test_the_same_command_fifty_times_at_once_is_one_message(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    said = saying(room_id, "once")
    store.appends.clear()
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, said, lane=f"device {n}") for n in range(50)))

    assert texts(store, room_id) == ["once"]
    assert len({answer["id"] for answer in answers}) == 1
    assert [answer["duplicate"] for answer in answers].count(False) == 1
    assert len(store.appends) == 1


@pytest.mark.parametrize("asked", ["w1", "w2"])
async def test_another_text_with_the_same_cid_is_a_conflict_until_it_was_edited(
    worker: Worker, other_worker: Worker, gateway: Gateway, asked: str
) -> None:
    room_id = await found_room(gateway)
    cid = new_id()
    [sent] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "one", cid=cid)))
    gateway.worker_id = asked
    [conflict] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "two", cid=cid), lane="a"))
    gateway.worker_id = "w1"
    edit = EditMessage(room_id=room_id, id=sent["id"], text="three")
    [_, other_kind] = await gateway.ask(
        gateway.command(ALICE, room_id, edit, lane="b"),
        gateway.command(ALICE, room_id, LeaveRoom(room_id=room_id, cid=cid), lane="c"),
    )
    gateway.worker_id = asked
    [after_edit] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "two", cid=cid), lane="d"))

    assert conflict["code"] == other_kind["code"] == "conflict"
    assert after_edit == sent | {"duplicate": True}


async def test_leaving_a_room_and_declining_it_are_two_commands(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway, BOB)
    leaving, declining = LeaveRoom(room_id=room_id, cid="1"), DeclineRoom(room_id=room_id, cid="1")
    [left] = await gateway.ask(gateway.command(BOB, room_id, leaving))
    store.bodies[f"c:{leaving.cid}"] = {"user_id": BOB}
    declined, again = await gateway.ask(*(gateway.command(BOB, room_id, body) for body in (declining, leaving)))

    assert left["ok"]
    assert declined["code"] == "conflict"
    assert again == left | {"duplicate": True}


async def test_a_known_op_in_the_middle_of_a_run_costs_no_loading_anew(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    said = saying(room_id, "once")
    await gateway.ask(gateway.command(ALICE, room_id, said))
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "load the room")))
    loads = len(store.loads)
    first, again, last = await gateway.ask(
        gateway.command(ALICE, room_id, saying(room_id, "before")),
        gateway.command(ALICE, room_id, said),
        gateway.command(ALICE, room_id, saying(room_id, "behind")),
    )
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "last")))

    assert [first["seq"], again["seq"], last["seq"]] == [4, 2, 5]
    assert len(store.loads) == loads
