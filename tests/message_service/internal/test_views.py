"""What message_service answers to the other processes, over HTTP as they ask."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from chatflow.errors import Internal, Invalid, Unavailable
from chatflow.ids import new_id
from chatflow.wire.bus import NO_PACKET
from chatflow.wire.log import Append, AppendAnswer, Load, LoadAnswer, LoadRoom
from chatflow.wire.outbox import (
    AlertDetailsAnswer,
    AlertDetailsRequest,
    Job,
    OwedAnswer,
    OwedClear,
    OwedCleared,
    OwedRequest,
)
from chatflow.wire.reads import (
    ConnectAnswer,
    ConnectRequest,
    EventsAnswer,
    EventsRequest,
    ReadAnswer,
    ReadMark,
    ReadPosition,
    ReadRequest,
    RowsAnswer,
    RowsRequest,
    VersionsAnswer,
    VersionsRequest,
)
from tests.chatflow.supervisor.run import wait_until
from tests.contracts.message_store_log import RoomLog, RoomWriter, in_time
from tests.contracts.message_store_profiles import opened
from tests.message_service.service import SECRET, MessageService
from tests.message_service.user_service_edge import UserServiceEdge

ENDPOINTS = ["append", "load", "connect", "rows", "events", "versions", "read", "owed", "owed/clear", "alerts"]


@pytest.fixture
def own_service(tmp_path: Path, user_service: UserServiceEdge) -> Iterator[MessageService]:
    service = MessageService(tmp_path, user_service=user_service)
    service.start()
    yield service
    service.end()


def test_what_was_appended_is_told_by_every_endpoint(
    service: MessageService, room: RoomWriter, alice: str, bob: str
) -> None:
    entry = room.message(alice, "안녕", owed=True, op="c:1")
    room.write(entry)
    room_id, pair = room.room_id, (bob, room.room_id)

    request = Load(deadline=in_time(), rooms=[LoadRoom(room_id=room_id, message_ids=[entry.id])])
    [loaded] = service.call("/internal/load", request, LoadAnswer).rooms
    [person] = service.call("/internal/connect", ConnectRequest([bob]), ConnectAnswer).people
    rows = service.call("/internal/rows", RowsRequest([pair, (new_id(), room_id)]), RowsAnswer).rows
    [told] = service.call("/internal/events", EventsRequest({room_id: 1}), EventsAnswer).rooms
    versions = service.call("/internal/versions", VersionsRequest([bob]), VersionsAnswer).versions
    read = service.call("/internal/read", ReadRequest([ReadMark(bob, room_id, 2)]), ReadAnswer).positions
    details = service.call("/internal/alerts", AlertDetailsRequest([Job(room_id, 2)]), AlertDetailsAnswer).details

    again = room.append(room.message(alice, "안녕", op="c:1"))

    assert again.known is not None
    assert (loaded.head, loaded.n, loaded.messages[0].text, again.known.id) == (2, 1, "안녕", entry.id)
    assert (person.room_heads, person.rows[0].room.unread, person.rooms_version) == ({room_id: 2}, 1, versions[bob])
    assert rows == [(bob, person.rows[0])]
    assert (told.head, [event.seq for event in told.events]) == (2, [2])
    assert read == [ReadPosition(bob, room_id, 2, 1, moves=1)]
    assert [each.job for each in details] == [Job(room_id, 2)]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "credential", [None, "Service ", "Service wrong", f"Bearer {SECRET}", f"service{SECRET}", "Service sécret"]
)
def test_nobody_else_is_answered(service: MessageService, endpoint: str, credential: str | None) -> None:
    headers = {} if credential is None else {"Authorization": credential}

    reply = service.request("POST", f"/internal/{endpoint}", body=b"\x80", **headers)

    assert (reply.status, reply.code) == (403, "forbidden")


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x93", b"\x80", b'{"runs": []}', b"\x92\xcb\x00"])
def test_a_body_that_is_no_such_question_is_invalid(service: MessageService, body: bytes) -> None:
    reply = service.request("POST", "/internal/append", body=body, Authorization=f"Service {SECRET}")

    assert (reply.status, reply.code) == (400, "invalid")


def test_what_is_stored_and_cannot_be_read_is_our_fault_and_is_logged(
    own_service: MessageService, tmp_path: Path, alice: str
) -> None:
    room = RoomWriter(own_service, owner=alice)
    room.begin()
    room.say(alice, "hi")
    with closing(sqlite3.connect(tmp_path / "messages.db", isolation_level=None)) as db:
        db.execute("UPDATE messages SET mentions = 'no JSON'")

    request = EventsRequest({room.room_id: 0}, takes_unreadable=True)
    (found,) = own_service.call("/internal/events", request, EventsAnswer).rooms
    # An older gateway, during an upgrade, would hand clients an event without a packet.
    with pytest.raises(Internal):
        own_service.call("/internal/events", EventsRequest({room.room_id: 0}), EventsAnswer)
    log_page = own_service.get(f"/api/rooms/{room.room_id}/events", user_id=alice)
    shown = own_service.get(f"/api/rooms/{room.room_id}/messages", user_id=alice)
    logged = own_service.end()

    # One bad event keeps neither its room's others nor those of other rooms from being told.
    assert [(event.seq, event.packet == NO_PACKET) for event in found.events] == [(1, False), (2, True)]
    assert ([event["seq"] for event in log_page.json["items"]], log_page.json["head"]) == ([1], 2)
    assert (shown.status, shown.code) == (500, "internal")
    assert logged.count("JSON is malformed") >= 2


def test_other_methods_and_addresses_are_refused(service: MessageService) -> None:
    assert service.request("GET", "/internal/append", Authorization=f"Service {SECRET}").code == "invalid"
    assert service.request("POST", "/internal/other", Authorization=f"Service {SECRET}").code == "not_found"


def test_a_body_past_the_limit_is_too_large(service: MessageService) -> None:
    """It is refused by what its header says, without being read."""
    length = str(32 * 1024 * 1024 + 1)
    headers = {"Authorization": f"Service {SECRET}", "Content-Length": length}

    reply = service.request("POST", "/internal/append", body=b"begun", **headers)

    assert (reply.status, reply.code) == (413, "too_large")


def test_past_its_deadline_an_append_is_not_written(service: MessageService, room: RoomWriter, alice: str) -> None:
    run = room.run(room.message(alice, "late"))

    with pytest.raises(Unavailable):
        service.append([run], deadline=time.time() - 1)

    [told] = service.call("/internal/events", EventsRequest({room.room_id: 0}), EventsAnswer).rooms
    assert told.head == 1


def test_past_its_deadline_nothing_is_loaded(service: MessageService) -> None:
    with pytest.raises(Unavailable):
        service.call("/internal/load", Load(deadline=time.time() - 1, rooms=[]), LoadAnswer)


def test_rooms_that_do_not_fit_into_an_answer_are_left_out_for_those_only_who_ask_again(
    service: MessageService, alice: str
) -> None:
    asked = []
    for _ in range(2):
        room = RoomWriter(service, owner=alice)
        room.begin()
        entries = [room.message(alice, "가" * 8000) for _ in range(30)]
        room.write(*entries)
        asked.append(LoadRoom(room_id=room.room_id, message_ids=[entry.id for entry in entries]))

    some = service.call("/internal/load", Load(deadline=in_time(), rooms=asked, in_parts=True), LoadAnswer).rooms
    every = service.call("/internal/load", Load(deadline=in_time(), rooms=asked), LoadAnswer).rooms

    assert [(room.room_id, len(room.messages)) for room in some] == [(asked[0].room_id, 30)]
    assert [(room.room_id, len(room.messages)) for room in every] == [(request.room_id, 30) for request in asked]


def test_a_mistake_in_an_append_is_told_as_one(service: MessageService, room: RoomWriter, alice: str) -> None:
    run = room.run(room.message(alice, "twice"))

    with pytest.raises(Invalid):
        service.call("/internal/append", Append(deadline=in_time(), runs=[run, run]), AppendAnswer)


def test_each_consumer_asks_for_its_own_and_an_older_program_means_alerts(
    own_service: MessageService, alice: str
) -> None:
    room = RoomWriter(own_service, owner=alice)
    room.begin()
    room.write(room.message(alice, "1", owed=True, owed_to=["others"]), room.message(alice, "2", owed_to=["others"]))
    jobs = [Job(room.room_id, 2), Job(room.room_id, 3)]

    assert own_service.call("/internal/owed", OwedRequestBefore(), OwedAnswer).jobs == jobs[:1]
    assert own_service.call("/internal/owed", OwedRequest(consumer="others"), OwedAnswer).jobs == jobs
    own_service.call("/internal/owed/clear", OwedClearBefore(jobs), OwedCleared)
    assert own_service.call("/internal/owed", OwedRequest(), OwedAnswer).jobs == []
    assert own_service.call("/internal/owed", OwedRequest(consumer="others"), OwedAnswer).jobs == jobs
    own_service.call("/internal/owed/clear", OwedClear(jobs, consumer="others"), OwedCleared)
    assert own_service.call("/internal/owed", OwedRequest(consumer="others"), OwedAnswer).jobs == []


def test_the_age_of_what_each_consumer_is_owed_is_measured(tmp_path: Path, user_service: UserServiceEdge) -> None:
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        room = RoomLog(store, owner=new_id())
        room.begin()
        store.append([room.run(room.message(room.owner, "1", owed=True))], deadline=in_time(), now=time.time() - 3600)
    service = MessageService(tmp_path, user_service=user_service)
    service.start()
    try:
        wait_until(lambda: 3600 <= service.metric('chatflow_outbox_age_seconds{consumer="alerts"}') < 3700)
    finally:
        service.end()


class OwedRequestBefore(msgspec.Struct, frozen=True, kw_only=True):
    """What an older program asks for alerts by."""

    limit: int = 200
    older_than_seconds: float = 0.0
    partitions: list[int] | None = None


class OwedClearBefore(msgspec.Struct, frozen=True):
    jobs: list[Job]


def test_the_health_of_the_service_and_what_it_measures_can_be_read(service: MessageService, room: RoomWriter) -> None:
    ready = service.request("GET", "/ready")
    metrics = service.request("GET", "/metrics").body.decode()

    assert service.request("GET", "/health").status == 200
    assert (ready.status, ready.json["checks"]) == (200, {"message_store": "ok"})
    assert 'chatflow_append_runs_total{stopped_by="nothing"}' in metrics
    assert "chatflow_store_append_seconds_count" in metrics
