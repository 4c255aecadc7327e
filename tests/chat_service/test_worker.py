"""A worker from a gateway's command to its answer and its events."""

import asyncio

import msgspec
import pytest

from chat_service.deciding import needs
from chat_service.worker import Worker
from chatflow.auth.account_facts.pages import FactPage, PersonBlocked
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.ids import direct_room_id
from chatflow.protocol.commands import (
    AddReaction,
    EditMessage,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    OpenDirect,
    PinMessage,
    RemoveReaction,
)
from chatflow.wire.bus import Command, RoomAppeared
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, BOB, CAROL, founding, saying
from tests.chat_service.talk import found_room
from tests.chatflow.conditions import until


async def test_two_people_talk_in_a_channel(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id, founded = founding()
    [created] = await gateway.ask(gateway.command(ALICE, room_id, founded))
    [joined] = await gateway.ask(gateway.command(BOB, room_id, JoinRoom(room_id=room_id)))
    sent = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id, f"{count}")) for count in range(20)))
    [left] = await gateway.ask(gateway.command(BOB, room_id, LeaveRoom(room_id=room_id)))

    assert created == {"ok": True, "room_id": room_id, "seq": 1}
    assert joined == {"ok": True, "room_id": room_id, "seq": 2}
    assert [answer["seq"] for answer in sent] == list(range(3, 23))
    assert [answer["n"] for answer in sent] == list(range(1, 21))
    assert left == {"ok": True, "seq": 23}
    assert [event.seq for event in gateway.events] == list(range(1, 24))
    assert [message["text"] for message in store.rooms[room_id].messages.values()] == [str(n) for n in range(20)]
    assert gateway.signals == [RoomAppeared(room_id, [ALICE], 1), RoomAppeared(room_id, [BOB], 2)]
    assert [count.counter for count in gateway.counts] == [1, 2]
    await until(lambda: gateway.counts[-1] in gateway.signal_beats)


async def test_what_was_sent_before_a_block_is_answered_by_its_first_result_and_nothing_more_is_taken(
    worker: Worker, other_worker: Worker, gateway: Gateway, facts: AccountFacts
) -> None:
    room_id = direct_room_id([ALICE, BOB])
    said = saying(room_id, "once")
    await gateway.ask(gateway.command(ALICE, room_id, OpenDirect(user_ids=[BOB])))
    [first] = await gateway.ask(gateway.command(BOB, room_id, said))
    facts.absorb(FactPage(2, [PersonBlocked(ALICE, BOB, True)]))
    [from_memory] = await gateway.ask(gateway.command(BOB, room_id, said))
    refused = await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))
    gateway.worker_id = "w2"
    [from_log] = await gateway.ask(gateway.command(BOB, room_id, said))
    refused += await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))

    assert from_memory == from_log == first | {"duplicate": True}
    assert [answer["code"] for answer in refused] == ["forbidden"] * 2


async def test_a_command_of_somebody_whom_only_a_later_version_knows_is_answered_and_holds_up_nothing(
    worker: Worker, gateway: Gateway
) -> None:
    room_id = await found_room(gateway, BOB)
    unknown = gateway.command(ALICE, room_id, saying(room_id, "one"))
    plain = msgspec.to_builtins(unknown)
    plain[list(Command.__struct_fields__).index("principal")] = [ALICE, "person", "auditor"]

    gateway.bus.publish("commands.w1", msgspec.msgpack.encode([plain]))
    [refused] = await gateway.answers(unknown)
    [heard] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "two")))

    assert (refused["code"], heard["ok"]) == ("unavailable", True)


async def test_the_same_people_get_the_same_direct_room(worker: Worker, gateway: Gateway, offers: Offers) -> None:
    room_id = direct_room_id([ALICE, BOB])
    [first] = await gateway.ask(gateway.command(ALICE, room_id, OpenDirect(user_ids=[BOB])))
    [second] = await gateway.ask(gateway.command(BOB, room_id, OpenDirect(user_ids=[ALICE])))
    await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))

    assert first == second == {"ok": True, "room_id": room_id, "seq": 1}
    await until(lambda: [job.seq for job in offers.jobs] == [2])


async def test_a_stranger_gets_nothing_and_learns_nothing(worker: Worker, gateway: Gateway) -> None:
    private_id, founded = founding(private=True)
    public_id, founded_too = founding()
    await gateway.ask(gateway.command(ALICE, private_id, founded), gateway.command(ALICE, public_id, founded_too))
    nowhere = direct_room_id([ALICE, ALICE])
    answers = await gateway.ask(
        *(gateway.command(BOB, room_id, saying(room_id)) for room_id in (private_id, public_id, nowhere))
    )

    assert [answer["code"] for answer in answers] == ["not_found", "not_a_member", "not_found"]


async def test_what_may_alert_someone_is_owed_and_offered(
    worker: Worker, gateway: Gateway, store: FakeStore, offers: Offers
) -> None:
    room_id, founded = founding(members=[BOB])
    silent = saying(room_id, "nothing to see")
    naming = saying(room_id, f"<@{BOB}>")
    [_, first, _] = await gateway.ask(
        gateway.command(ALICE, room_id, founded),
        gateway.command(ALICE, room_id, silent),
        gateway.command(ALICE, room_id, naming),
    )
    answering = saying(room_id, "yes", reply_to=first["id"])
    inviting = InviteMember(room_id=room_id, user_id=CAROL)
    await gateway.ask(
        gateway.command(BOB, room_id, answering),
        gateway.command(ALICE, room_id, inviting),
        gateway.command(ALICE, room_id, saying(room_id, "in the thread", thread=first["id"])),
        gateway.command(CAROL, room_id, LeaveRoom(room_id=room_id)),
        gateway.command(CAROL, room_id, JoinRoom(room_id=room_id)),
    )

    for text in (f"look, <@{BOB}>", f"<@{BOB}>, look"):
        await gateway.ask(gateway.command(ALICE, room_id, EditMessage(room_id=room_id, id=first["id"], text=text)))

    owed = [entry.event.seq for entry in store.entries[room_id] if entry.owed]
    assert owed == [1, 3, 4, 5, 6, 9]
    assert [job.seq for job in offers.jobs] == owed


async def test_a_heartbeat_tells_the_counter_and_the_heads_that_changed(worker: Worker, gateway: Gateway) -> None:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))
    await until(lambda: any(beat.heads for beat in gateway.beats))

    assert gateway.beats[-1].heads == {room_id: 2}
    assert gateway.beats[-1].counter == 2


async def test_what_a_dead_worker_stored_is_announced_by_the_next_one(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, JoinRoom(room_id=room_id)))
    await until(lambda: any(beat.worker_id == "w2" and beat.heads == {room_id: 1} for beat in gateway.beats))


async def test_a_message_named_by_a_command_is_loaded_once(
    other_worker: Worker, worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    [old] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))
    gateway.worker_id = "w2"
    loads = len(store.loads)
    emoji = ["👍", "🎉", "👍"]
    answers = [
        (await gateway.ask(gateway.command(ALICE, room_id, AddReaction(room_id=room_id, id=old["id"], emoji=one))))[0]
        for one in emoji
    ]

    assert [answer["seq"] for answer in answers] == [3, 4, 4]
    assert len(store.loads) == loads + 1


async def test_very_many_messages_are_loaded_some_at_a_time(
    other_worker: Worker, worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "MESSAGES_PER_LOAD", 3)
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    said = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id)) for _ in range(8)))
    gateway.worker_id = "w2"
    loads = len(store.loads)
    pins = [PinMessage(room_id=room_id, id=message["id"]) for message in said]
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, pin) for pin in pins))

    assert [answer["seq"] for answer in answers] == list(range(10, 18))
    asked = [load.rooms[0].message_ids for load in store.loads[loads:]]
    assert max(map(len, asked)) == 3
    assert sorted(message_id for ids in asked for message_id in ids) == sorted(pin.id for pin in pins)


async def test_of_those_who_reacted_only_who_reacts_now_is_asked_for(
    other_worker: Worker, worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    [said] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))
    add = AddReaction(room_id=room_id, id=said["id"], emoji="👍")
    remove = RemoveReaction(room_id=room_id, id=said["id"], emoji="👍")
    for person in (BOB, CAROL):
        await gateway.ask(gateway.command(person, room_id, JoinRoom(room_id=room_id)))
        await gateway.ask(gateway.command(person, room_id, add))
    gateway.worker_id = "w2"

    # Bob's stands already; Alice has none to take off; Carol's is taken off, and put again without asking.
    answers = [
        (await gateway.ask(gateway.command(person, room_id, what)))[0]["seq"]
        for person, what in ((BOB, add), (ALICE, remove), (CAROL, remove), (CAROL, remove), (CAROL, add))
    ]

    assert answers == [6, 6, 7, 7, 8]
    asked = [load.rooms[0].reactors for load in store.loads if load.rooms[0].reactors]
    assert asked[-3:] == [[(said["id"], person)] for person in (BOB, ALICE, CAROL)]


async def test_an_answer_asked_for_again_comes_at_once_also_while_an_append_is_under_way(
    worker: Worker, gateway: Gateway, bus: MemoryBus, store: FakeStore
) -> None:
    room_id, founded = founding()
    founding_again = gateway.command(ALICE, room_id, founded)
    joining = gateway.command(BOB, room_id, JoinRoom(room_id=room_id))
    await gateway.ask(founding_again, joining)
    store.open.clear()
    slow = gateway.command(ALICE, room_id, saying(room_id), lane="another device")
    gateway.send(slow)
    await until(lambda: store.at_the_door == 1)
    appends = len(store.appends)
    gateway.replies.clear()
    answered = len([channel for channel, _ in bus.log if channel == gateway.channel])
    gateway.send(founding_again)
    gateway.send(joining)
    await gateway.answers(founding_again, joining)
    # What was under way is so still: nothing else gave occasion to publish.
    appends_later = len(store.appends)
    store.open.set()
    await gateway.answers(slow)

    assert appends_later == appends
    # Both came with one publication, and the third answer with its own.
    assert len([channel for channel, _ in bus.log if channel == gateway.channel]) == answered + 2


async def test_a_worker_that_leaves_takes_nothing_more_and_ends_what_it_took(
    worker: Worker, gateway: Gateway, bus: MemoryBus, store: FakeStore
) -> None:
    room_id, founded = founding()
    await gateway.ask(gateway.command(ALICE, room_id, founded))
    store.open.clear()
    last = gateway.command(ALICE, room_id, saying(room_id, "last"))
    gateway.send(last)
    await until(lambda: store.at_the_door == 1)
    leaving = asyncio.create_task(worker.finish())
    await until(lambda: "commands.w1" not in bus.listeners)
    # Nobody hears it: its gateway learns that at once, and asks whoever owns the room then.
    late = await bus.publish_counted("commands.w1", b"")
    still_leaving = not leaving.done()
    store.open.set()
    await leaving

    assert (late, still_leaving) == (0, True)
    assert [answer["ok"] for answer in await gateway.answers(last)] == [True]
