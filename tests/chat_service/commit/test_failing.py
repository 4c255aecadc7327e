"""An unforeseen failure costs one command or room, and neither the worker nor any other room."""

import msgspec
import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from chat_service.deciding.rooms import LiveRoom
from chat_service.deciding.rules import decide, evolve, messages
from chat_service.deciding.rules.context import Context
from chat_service.deciding.state import RoomState
from chat_service.worker import Worker
from chatflow.protocol.commands import JoinRoom, SendMessage, UpdateRoom
from chatflow.protocol.events import MessageCreated, RoomUpdated
from tests.chat_service.edges import Gateway, MemoryBus
from tests.chat_service.fake_store import FakeStore, Fault
from tests.chat_service.people import ALICE, BOB, founding, saying
from tests.chat_service.talk import found_room, texts
from tests.chatflow.conditions import until


def count_of(outcome: str) -> float:
    return REGISTRY.get_sample_value("chatflow_commands_total", {"outcome": outcome}) or 0.0


def break_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no room can take a new name."""

    def stumble(state: RoomState, event: RoomUpdated) -> RoomState:
        raise ZeroDivisionError

    monkeypatch.setitem(evolve.FOLDS, RoomUpdated, stumble)


async def test_a_rule_that_is_wrong_costs_one_command_and_nobody_overtakes_it(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(state: RoomState, command: SendMessage, context: Context) -> object:
        return messages.send_message(state, command, context) if command.text != "trip" else 1 / 0

    room_id = await found_room(gateway)
    monkeypatch.setitem(decide.RULES, SendMessage, stumble)
    answers = await gateway.ask(
        *(gateway.command(ALICE, room_id, saying(room_id, text)) for text in ("walk", "trip", "on")),
        gateway.command(ALICE, room_id, saying(room_id, "elsewhere"), lane="another device"),
    )

    # Whoever asks again after an error that can be repaired does not find what they sent behind it before it.
    assert [answer.get("code") for answer in answers] == [None, "internal", "unavailable", None]
    assert texts(store, room_id) == ["walk", "elsewhere"]


async def test_a_fold_that_is_wrong_refuses_its_command_tells_of_it_and_all_else_goes_on(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, other_id = await found_room(gateway), await found_room(gateway)
    break_fold(monkeypatch)
    failed = count_of("failed")
    renaming = UpdateRoom(room_id=room_id, name="shed")
    with capture_logs() as told:
        [refused, here, there] = await gateway.ask(
            gateway.command(ALICE, room_id, renaming),
            gateway.command(ALICE, room_id, saying(room_id), lane="another device"),
            gateway.command(ALICE, other_id, saying(other_id)),
        )

    assert (refused.get("code"), here["ok"], there["ok"]) == ("internal", True, True)
    assert [line["room_id"] for line in told if line["log_level"] == "error"] == [room_id]
    assert count_of("failed") == failed + 1
    assert [event.type for event in gateway.events if event.room_id == room_id] == ["room.created", "message.created"]


async def test_a_run_that_is_stored_and_cannot_be_settled_lets_the_gateways_look_for_rooms_without_a_signal(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(room: LiveRoom, *_: object) -> None:
        raise ZeroDivisionError

    room_id = await found_room(gateway)
    told = gateway.counts[-1].counter
    monkeypatch.setattr(LiveRoom, "remember", stumble)
    [refused] = await gateway.ask(gateway.command(BOB, room_id, JoinRoom(room_id=room_id)))

    assert (refused.get("code"), len(store.rooms[room_id].events)) == ("internal", 2)
    beats = len(gateway.signal_beats)
    await until(lambda: len(gateway.signal_beats) > beats)
    assert gateway.signal_beats[-1].counter > gateway.counts[-1].counter == told


async def test_what_was_stored_before_its_fold_broke_is_still_answered_with_its_first_result(
    worker: Worker, other_worker: Worker, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id = await found_room(gateway)
    renaming = UpdateRoom(room_id=room_id, name="shed", cid="renaming")
    [first] = await gateway.ask(gateway.command(ALICE, room_id, renaming))
    break_fold(monkeypatch)
    gateway.worker_id = "w2"
    [again] = await gateway.ask(gateway.command(ALICE, room_id, renaming, lane="another device"))

    assert again == first | {"duplicate": True}


async def test_a_room_that_cannot_be_read_is_refused_and_keeps_no_other_from_being_loaded(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    rooms = [await found_room(gateway) for _ in range(7)]
    store.unreadable = {rooms[3]}
    gateway.worker_id = "w2"
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id)) for room_id in rooms))
    [again] = await gateway.ask(gateway.command(ALICE, rooms[3], saying(rooms[3]), lane="another device"))
    store.unreadable.clear()
    [healed] = await gateway.ask(gateway.command(ALICE, rooms[3], saying(rooms[3]), lane="a third one"))

    assert [answer.get("code") for answer in answers] == [None] * 3 + ["internal"] + [None] * 3
    assert (again.get("code"), healed["ok"]) == ("internal", True)


async def test_rooms_that_did_not_fit_into_an_answer_are_asked_for_again(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    rooms = [await found_room(gateway) for _ in range(7)]
    asked = len(store.loads)
    store.rooms_per_load = 2
    gateway.worker_id = "w2"
    answers = await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id)) for room_id in rooms))

    assert [answer.get("ok") for answer in answers] == [True] * 7
    assert [len(load.rooms) for load in store.loads[asked:]] == [7, 5, 3, 1]


async def test_a_snapshot_that_cannot_be_taken_up_is_refused_and_the_worker_goes_on(
    worker: Worker, other_worker: Worker, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, other_id = await found_room(gateway), await found_room(gateway)
    from_load = RoomState.from_load

    def stumble(loaded: object) -> RoomState:
        return from_load(loaded) if loaded.room_id != room_id else 1 / 0  # type: ignore[arg-type, attr-defined, return-value]

    monkeypatch.setattr(RoomState, "from_load", stumble)
    gateway.worker_id = "w2"
    [refused, taken] = await gateway.ask(
        gateway.command(ALICE, room_id, saying(room_id)), gateway.command(ALICE, other_id, saying(other_id))
    )

    assert (refused.get("code"), taken["ok"]) == ("internal", True)


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.CONTRADICTORY])
async def test_an_append_that_is_answered_with_nonsense_may_have_been_done_and_is_asked_again(
    worker: Worker, gateway: Gateway, store: FakeStore, fault: Fault
) -> None:
    room_id = await found_room(gateway)
    store.faults.append(fault)
    [answer] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "once")))

    assert (answer["ok"], answer["duplicate"]) == (True, False)
    assert texts(store, room_id) == ["once"]


async def test_an_event_that_cannot_be_encoded_costs_its_own_room_only(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def garble(state: RoomState, command: SendMessage, context: Context) -> MessageCreated:
        event = messages.send_message(state, command, context)
        return event if command.text != "garbled" else replace(event, actor="\ud800")

    monkeypatch.setitem(decide.RULES, SendMessage, garble)
    room_id, other_id = await found_room(gateway), await found_room(gateway)
    [refused, stored] = await gateway.ask(
        gateway.command(ALICE, room_id, saying(room_id, "garbled")),
        gateway.command(ALICE, other_id, saying(other_id, "whole")),
    )
    [after] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "whole")))

    assert (refused.get("code"), stored["ok"], after["ok"]) == ("internal", True, True)
    assert texts(store, room_id) == texts(store, other_id) == ["whole"]


async def test_an_event_that_is_stored_and_cannot_be_published_is_announced_and_the_worker_goes_on(
    worker: Worker, gateway: Gateway, store: FakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, other_id = await found_room(gateway), await found_room(gateway)

    def stumble(event: MessageCreated) -> str:
        return "packet" if event.room_id != room_id else str(1 / 0)

    monkeypatch.setattr("chat_service.commit.publisher.packet_of", stumble)
    said = saying(room_id, "stored")
    [refused, other] = await gateway.ask(
        gateway.command(ALICE, room_id, said), gateway.command(ALICE, other_id, saying(other_id))
    )
    # Before anybody asks again, which would have the room loaded.
    await until(lambda: any(beat.heads.get(room_id) == 2 for beat in gateway.beats))
    [again] = await gateway.ask(gateway.command(ALICE, room_id, said, attempt=2))

    assert (refused.get("code"), other["ok"]) == ("internal", True)
    assert (again["ok"], again["duplicate"], texts(store, room_id)) == (True, True, ["stored"])


@pytest.mark.parametrize("body", [{}, {"text": 7}, {"attachments": None}, {"later": True}])
async def test_what_another_version_says_of_a_first_command_ends_no_worker(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore, body: dict[str, object]
) -> None:
    room_id = await found_room(gateway)
    said = saying(room_id, "once")
    await gateway.ask(gateway.command(ALICE, room_id, said))
    store.bodies[f"c:{said.cid}"] = body
    gateway.worker_id = "w2"
    await gateway.ask(gateway.command(ALICE, room_id, said, lane="another device"))
    [after] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, "on"), lane="another device"))

    assert after["ok"]
    assert texts(store, room_id) == ["once", "on"]


async def test_a_first_result_that_cannot_be_compared_is_not_kept_past_the_refusal(
    worker: Worker, other_worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    room_id, founded = founding()
    [first] = await gateway.ask(gateway.command(ALICE, room_id, founded))
    store.bodies[f"r:{founded.cid}"] = {}
    gateway.worker_id = "w2"
    [refused] = await gateway.ask(gateway.command(ALICE, room_id, founded, lane="another device"))
    store.bodies.clear()
    [healed] = await gateway.ask(gateway.command(ALICE, room_id, founded, lane="a third one"))

    assert refused["code"] == "internal"
    assert healed == first | {"duplicate": True}


async def test_a_command_of_a_newer_gateway_is_not_tried_and_those_around_it_are(
    worker: Worker, gateway: Gateway, bus: MemoryBus, store: FakeStore
) -> None:
    room_id = await found_room(gateway)
    strange = gateway.command(ALICE, room_id, saying(room_id, "strange"), lane="a newer client")
    behind = gateway.command(ALICE, room_id, saying(room_id, "behind"), lane="a newer client")
    [before, after] = [gateway.command(ALICE, room_id, saying(room_id, text)) for text in ("before", "after")]
    fields = msgspec.to_builtins(strange)
    fields[strange.__struct_fields__.index("body")]["type"] = "message:whisper"
    bus.publish("commands.w1", msgspec.msgpack.encode([before, fields, behind, after]))
    answers = await gateway.answers(before, strange, behind, after)

    assert [answer.get("code") for answer in answers] == [None, "unavailable", "unavailable", None]
    assert texts(store, room_id) == ["before", "after"]
