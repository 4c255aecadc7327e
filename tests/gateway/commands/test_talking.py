"""Two people with several devices in one room: what each device gets, and when that ends."""

import asyncio
import json
from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.wire import reads
from gateway.personal.read_positions import MARKS_PER_CALL
from tests.chatflow.conditions import until
from tests.gateway.conftest import Gateway
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World


async def test_ready_shows_the_rooms_and_live_events_go_on_from_their_head(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    room.send(bob, "before")
    device = await gateway.device(alice)
    ready = await device.ready()
    assert [(shown["id"], shown["head"], shown["unread"]) for shown in ready["rooms"]] == [(room.id, 2, 1)]
    assert ready["user"]["username"] == "alice"
    worker.publish(room.send(bob, "after"))
    await until(lambda: device.seqs(room.id) == [3])


async def test_a_message_is_acked_and_reaches_every_device_of_every_member(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    devices = [await gateway.device(person) for person in (alice, alice, bob)]
    devices.append(await gateway.device(bob, transports=["polling"]))
    answer = await devices[0].ask("message:send", {"room_id": room.id, "cid": "c1", "text": "hello"})
    assert (answer["ok"], answer["seq"], answer["duplicate"]) == (True, 2, False)
    for device in devices:
        await device.has(room.id, [2])
        assert device.all("event")[0]["message"]["cid"] == "c1"


async def test_the_same_cid_is_one_message(gateway: Gateway, world: World, alice: str) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    message = {"room_id": room.id, "cid": "c1", "text": "hello"}
    assert not (await device.ask("message:send", message))["duplicate"]
    assert (await device.ask("message:send", message))["duplicate"]
    assert room.head == 2


async def test_pipelined_sends_keep_their_order(gateway: Gateway, world: World, alice: str) -> None:
    room = world.room(alice)
    device = await gateway.device(alice, transports=["polling"])
    for number in range(200):
        await device.client.emit("message:send", {"room_id": room.id, "cid": f"c{number}", "text": str(number)})
    await until(lambda: len(device.seqs(room.id)) == 200)
    assert [event["message"]["text"] for event in device.all("event")] == [str(number) for number in range(200)]


async def test_a_burst_larger_than_the_backlog_is_answered_whole_and_in_order(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(alice)
    for number in range(1500):
        await device.client.emit("message:send", {"room_id": room.id, "cid": f"c{number}", "text": str(number)})
    await until(lambda: len(device.seqs(room.id)) == 1500)
    assert [command.number for command in worker.received if command.attempt == 1] == list(range(1, 1501))
    assert device.seqs(room.id) == list(range(2, 1502))


async def test_creating_a_room_answers_with_it_and_shows_it_to_the_others(
    gateway: Gateway, alice: str, bob: str
) -> None:
    here, there, other = [await gateway.device(person) for person in (alice, alice, bob)]
    answer = await here.ask("room:create", {"cid": "c1", "kind": "group", "name": "room", "members": [bob]})
    room_id = answer["room"]["id"]
    assert answer["seq"] == answer["room"]["head"] == 1
    for device in (there, other):
        await device.told("room:added")
        assert device.all("room:added")[0]["room"]["id"] == room_id
    await other.ask("message:send", {"room_id": room_id, "cid": "c2", "text": "thanks"})
    for device in (here, there, other):
        await device.has(room_id, [2])
    assert not here.all("room:added")


async def test_the_same_people_get_the_same_direct_room(gateway: Gateway, alice: str, bob: str) -> None:
    here, there = await gateway.device(alice), await gateway.device(bob)
    first = await here.ask("room:direct", {"user_ids": [bob]})
    second = await there.ask("room:direct", {"user_ids": [alice, bob]})
    assert first["room"]["id"] == second["room"]["id"]


async def test_nobody_can_be_invited_who_does_not_exist(gateway: Gateway, world: World, alice: str) -> None:
    device = await gateway.device(alice)
    answer = await device.ask("room:direct", {"user_ids": [new_id()]})
    assert answer["error"]["code"] == "not_found"
    assert not world.rooms


async def test_joining_answers_where_the_live_events_begin(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice)
    device = await gateway.device(bob)
    answer = await device.ask("room:join", {"room_id": room.id})
    assert answer["seq"] == answer["room"]["head"] == 2
    await (await gateway.device(alice)).ask("message:send", {"room_id": room.id, "cid": "c", "text": "welcome"})
    await until(lambda: device.seqs(room.id) == [3])
    assert not device.all("room:added")


async def test_a_kicked_member_gets_that_event_and_nothing_more(
    gateway: Gateway, world: World, worker: FakeWorker, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    worker.publish(room.send(alice, "one"))
    await here.ask("room:kick", {"room_id": room.id, "user_id": bob})
    worker.publish(room.send(alice, "secret"))
    await until(lambda: here.seqs(room.id) == [2, 3, 4])
    await until(lambda: bool(there.all("room:removed")))
    await there.ask("ping:app", {})
    assert there.seqs(room.id) == [2, 3]
    assert there.all("room:removed") == [{"room_id": room.id, "reason": "kicked"}]
    answer = await there.ask("room:sync", {"rooms": {room.id: 1}})
    assert answer["rooms"][room.id]["error"]["code"] == "not_found"


async def test_a_stranger_learns_nothing(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice)
    device = await gateway.device(bob)
    for name, payload in (("read:mark", {"seq": 1}), ("typing:start", dict[str, int]())):
        known = await device.ask(name, {"room_id": room.id, **payload})
        unknown = await device.ask(name, {"room_id": new_id(), **payload})
        assert known == unknown
        assert known["error"]["code"] == "not_found"


async def test_unknown_events_and_bad_payloads_are_answered_invalid(gateway: Gateway, alice: str) -> None:
    device = await gateway.device(alice)
    bad: list[tuple[str, dict[str, Any]]] = [
        ("no:such", {}),
        ("message:send", {"room_id": "x"}),
        ("room:join", {}),
        ("message:send", {"text": 1}),
    ]
    for name, payload in bad:
        assert (await device.ask(name, payload))["error"]["code"] == "invalid"
    assert (await device.ask("ping:app", {}))["ok"]


async def test_a_sync_is_at_most_256_kib_whatever_it_holds_and_goes_on_where_it_ended(
    gateway: Gateway, world: World, alice: str
) -> None:
    rooms = [world.room(alice) for _ in range(4)]
    for room in rooms:
        for _ in range(20):
            room.send(alice, "가" * 1_500)
    device = await gateway.device(alice)
    behind = {room.id: 0 for room in rooms}
    answers = 0
    while behind:
        answer = await device.ask("room:sync", {"rooms": behind})
        assert len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()) <= 256 * 1024
        assert set(answer["rooms"]) | set(answer["more"]) == set(behind)
        for room_id, part in answer["rooms"].items():
            seqs = [event["seq"] for event in part["events"]]
            assert seqs == list(range(behind[room_id] + 1, behind[room_id] + 1 + len(seqs)))
            behind[room_id] = seqs[-1]
        behind = {room_id: seq for room_id, seq in behind.items() if seq < 21}
        answers += 1
    assert answers == 2


async def test_a_read_position_is_told_to_ones_other_devices_and_to_the_room(
    gateway: Gateway, world: World, alice: str, bob: str
) -> None:
    room = world.room(alice, bob)
    here, there, other = [await gateway.device(person) for person in (alice, alice, bob)]
    room.send(bob, "hi")
    assert (await here.ask("read:mark", {"room_id": room.id, "seq": 99}))["seq"] == 2
    told = {"room_id": room.id, "positions": {alice: 2}}
    await until(lambda: there.all("read")[:1] == [told])
    await until(lambda: other.all("read") == [told])


async def test_marks_take_effect_in_the_order_in_which_they_come(gateway: Gateway, world: World, alice: str) -> None:
    room = world.room(alice)
    here, there = [await gateway.device(alice) for _ in range(2)]
    for text in "123":
        room.send(alice, text)

    asked = [("read:mark", 4), ("read:unread", 2), ("read:mark", 3)]
    answers = await asyncio.gather(*(here.ask(name, {"room_id": room.id, "seq": seq}) for name, seq in asked))

    assert [answer["seq"] for answer in answers] == [3, 3, 3]
    assert (await here.ask("read:unread", {"room_id": room.id, "seq": 3}))["seq"] == 2
    assert (await here.ask("read:unread", {"room_id": room.id, "seq": 0}))["seq"] == 0
    await until(lambda: there.all("read")[-1:] == [{"room_id": room.id, "positions": {alice: 0}}])


async def test_marks_are_answered_also_when_what_comes_back_makes_no_sense(
    gateway: Gateway, world: World, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = world.room(alice, bob)
    devices = [await gateway.device(alice), await gateway.device(bob)]
    # As a service of another version might.
    monkeypatch.setattr(gateway.services, "on_read", lambda _: ["nonsense"])
    mark = {"room_id": room.id, "seq": 1}
    answers = await asyncio.gather(*(device.ask("read:mark", mark) for device in devices))
    assert [answer["error"]["code"] for answer in answers] == ["timeout", "timeout"]
    monkeypatch.undo()
    assert (await devices[0].ask("read:mark", mark))["seq"] == 1


async def test_however_many_marks_come_at_once_each_call_is_small(
    gateway: Gateway, world: World, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [world.room(alice) for _ in range(1100)]
    device = await gateway.device(alice)
    sizes: list[int] = []
    real = gateway.services.on_read

    def on_read(body: bytes) -> reads.ReadAnswer:
        answer = real(body)
        sizes.append(len(answer.positions))
        return answer

    monkeypatch.setattr(gateway.services, "on_read", on_read)
    answers = await asyncio.gather(*(device.ask("read:mark", {"room_id": room.id, "seq": 1}) for room in rooms))
    assert all(answer["ok"] for answer in answers)
    assert sum(sizes) == len(rooms)
    assert max(sizes) <= MARKS_PER_CALL


async def test_typing_is_told_to_the_others(gateway: Gateway, world: World, alice: str, bob: str) -> None:
    room = world.room(alice, bob)
    here, there = await gateway.device(alice), await gateway.device(bob)
    await here.ask("typing:start", {"room_id": room.id})
    await until(lambda: there.all("typing") == [{"room_id": room.id, "user_id": alice, "active": True}])
    assert not here.all("typing")
