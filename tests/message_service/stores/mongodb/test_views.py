"""The whole service on a MongoDB server: what the embedded store answers, this one does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatflow.errors import TimedOut, Unavailable
from chatflow.ids import new_id
from chatflow.wire.log import Load, LoadAnswer, LoadRoom
from chatflow.wire.outbox import Job, OwedAnswer, OwedClear, OwedCleared, OwedRequest
from chatflow.wire.reads import ConnectAnswer, ConnectRequest
from tests.contracts.message_store_log import RoomWriter, in_time
from tests.contracts.mongodb_cut import open_cut
from tests.message_service.service import MessageService
from tests.message_service.user_service_edge import UserServiceEdge


@pytest.fixture
def on_mongodb(tmp_path: Path, user_service: UserServiceEdge, mongodb_url: str) -> Iterator[MessageService]:
    service = MessageService(tmp_path, user_service=user_service, CHATFLOW_MESSAGE_STORE_URL=mongodb_url)
    service.start()
    yield service
    service.kill()


def test_a_conversation_is_stored_and_told(on_mongodb: MessageService, alice: str, bob: str) -> None:
    room = RoomWriter(on_mongodb, owner=alice)
    room.begin(bob)
    message = room.say(alice, "안녕", owed=True)

    [person] = on_mongodb.call("/internal/connect", ConnectRequest([bob]), ConnectAnswer).people
    [loaded] = on_mongodb.call(
        "/internal/load", Load(deadline=in_time(), rooms=[LoadRoom(room_id=room.room_id)]), LoadAnswer
    ).rooms
    page = on_mongodb.page(f"/api/rooms/{room.room_id}/messages", user_id=bob)
    owed = on_mongodb.call("/internal/owed", OwedRequest(), OwedAnswer).jobs
    on_mongodb.call("/internal/owed/clear", OwedClear(owed), OwedCleared)

    assert (person.rows[0].room.unread, loaded.head) == (1, 2)
    assert [item["text"] for item in page["items"]] == [message.text]
    assert owed == [Job(room.room_id, 2)]
    assert on_mongodb.call("/internal/owed", OwedRequest(), OwedAnswer).jobs == []


def test_without_its_server_it_says_so_and_is_not_ready(
    tmp_path: Path, user_service: UserServiceEdge, mongodb_url: str
) -> None:
    with open_cut(mongodb_url, after=None) as cut:
        service = MessageService(tmp_path, user_service=user_service, CHATFLOW_MESSAGE_STORE_URL=cut.url)
        service.start()
        room = RoomWriter(service, owner=new_id())
        room.begin()

        cut.die()
        entry = room.message(room.owner, "unheard")

        with pytest.raises((Unavailable, TimedOut)):
            room.append(entry)
        # By now it knows that the server is gone: this one was certainly not written.
        with pytest.raises(Unavailable):
            room.append(entry)
        ready = service.request("GET", "/ready")
        reply = service.get("/api/rooms", user_id=room.owner)
        service.kill()

    assert ready.status == 503
    assert "message_store" in ready.json["checks"]
    assert (reply.status, reply.code) == (503, "unavailable")
