"""History by REST: pages that join, one message, the log, pins and threads, and where one's own history begins."""

from typing import Any

import pytest

from chatflow.protocol import events
from message_service.api.pages import write_cursor
from tests.contracts.message_store_log import RoomWriter
from tests.message_service.service import MessageService


def seqs(page: dict[str, Any]) -> list[int]:
    return [item["seq"] for item in page["items"]]


def test_history_is_read_upwards_to_its_beginning(
    service: MessageService, room: RoomWriter, alice: str, bob: str
) -> None:
    messages = [room.say(alice, str(number)) for number in range(5)]
    path = f"/api/rooms/{room.room_id}/messages"

    latest = service.page(f"{path}?limit=2", user_id=bob)
    older = service.page(f"{path}?limit=2&before={latest['prev']}", user_id=bob)
    oldest = service.page(f"{path}?limit=2&before={older['prev']}", user_id=bob)

    assert [seqs(page) for page in (oldest, older, latest)] == [[2], [3, 4], [5, 6]]
    assert (latest["head"], latest["next"], oldest["prev"]) == (6, None, None)
    assert seqs(service.page(f"{path}?limit=2&after={oldest['next']}", user_id=bob)) == [3, 4]
    assert seqs(service.page(f"{path}?limit=3&around=4", user_id=bob)) == [3, 4, 5]
    assert latest["items"][-1] == {
        "id": messages[-1].id,
        "room_id": room.room_id,
        "seq": 6,
        "n": 5,
        "cid": "cid-6",
        "sender": alice,
        "text": "4",
        "at": messages[-1].at,
        "mentions": {"users": [], "all": False, "here": False},
        "edited_at": None,
        "deleted": False,
        "attachments": [],
        "reply_to": None,
        "thread": None,
        "reactions": [],
        "previews": [],
    }


def test_one_message_can_be_looked_at(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    message = room.say(alice, "hi")
    room.write(room.about(events.ReactionAdded, bob, message, emoji="👍"))

    seen = service.page(f"/api/rooms/{room.room_id}/messages/{message.id}", user_id=bob)

    assert (seen["text"], seen["reactions"]) == ("hi", [{"emoji": "👍", "count": 1, "user_ids": [bob], "mine": True}])


def test_who_reacted_comes_in_pages(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    message = room.say(alice, "hi")
    put = [room.about(events.ReactionAdded, person, message, emoji="👍") for person in (bob, alice)]
    room.write(*put)
    path = f"/api/rooms/{room.room_id}/messages/{message.id}/reactions?emoji=%F0%9F%91%8D"

    first = service.page(f"{path}&limit=1", user_id=bob)
    second = service.page(f"{path}&limit=1&cursor={first['next']}", user_id=bob)

    assert first["items"] + second["items"] == [{"user_id": entry.event.actor, "at": entry.event.at} for entry in put]
    assert second["next"] is None
    assert service.page(path.replace("emoji=", "emoji=x"), user_id=bob)["items"] == []


FAR = [f"?emoji=x&cursor={write_cursor(place, 'x')}" for place in ("9" * 30, "-" + "9" * 30, str(2**63), "9" * 300)]


@pytest.mark.parametrize(
    "query", ["", "?emoji=", f"?emoji={'x' * 65}", "?emoji=x&cursor=WyJ4IiwieSJd", "?emoji=%00", *FAR]
)
def test_who_reacted_how_has_to_be_asked_right(
    service: MessageService, room: RoomWriter, alice: str, query: str
) -> None:
    message = room.say(alice, "hi")

    reply = service.get(f"/api/rooms/{room.room_id}/messages/{message.id}/reactions{query}", user_id=alice)

    assert (reply.status, reply.code) == (400, "invalid")


def test_a_stranger_does_not_learn_who_reacted(
    service: MessageService, secret_room: RoomWriter, room: RoomWriter, alice: str, mallory: str
) -> None:
    message = secret_room.say(alice, "hi")
    secret_room.write(secret_room.about(events.ReactionAdded, alice, message, emoji="x"))
    room.write(room.joining(mallory))

    for room_id in (secret_room.room_id, room.room_id):
        reply = service.get(f"/api/rooms/{room_id}/messages/{message.id}/reactions?emoji=x", user_id=mallory)
        assert reply.code == "not_found"


def test_a_message_is_not_found_by_way_of_another_room(
    service: MessageService, room: RoomWriter, secret_room: RoomWriter, alice: str, bob: str, mallory: str
) -> None:
    message = secret_room.say(alice, "secret")
    room.write(room.joining(mallory))

    assert service.get(f"/api/rooms/{room.room_id}/messages/{message.id}", user_id=mallory).code == "not_found"
    thread = service.page(f"/api/rooms/{room.room_id}/messages/{message.id}/thread", user_id=mallory)
    assert thread["items"] == []


def test_the_whole_log_can_be_read(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    said = [room.message(alice, str(number)) for number in range(4)]
    room.write(*said)
    path = f"/api/rooms/{room.room_id}/events"

    first = service.page(f"{path}?after=0&limit=3", user_id=bob)
    second = service.page(f"{path}?after={first['next']}&limit=3", user_id=bob)

    assert seqs(first) + seqs(second) == [1, 2, 3, 4, 5]
    assert (first["head"], second["next"]) == (5, None)
    assert [event["type"] for event in first["items"]] == ["room.created", "message.created", "message.created"]


def test_pins_and_threads_are_messages(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    reply = room.say(bob, "reply", thread=root.id)
    room.write(room.about(events.MessagePinned, alice, root))

    pins = service.page(f"/api/rooms/{room.room_id}/pins", user_id=bob)
    thread = service.page(f"/api/rooms/{room.room_id}/messages/{root.id}/thread", user_id=bob)

    assert ([item["id"] for item in pins["items"]], pins["head"]) == ([root.id], 4)
    assert ([item["id"] for item in thread["items"]], thread["head"]) == ([reply.id], 4)
    assert (thread["followed"], thread["read_n"]) == (True, reply.n)


def test_a_deleted_message_is_a_skeleton(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    message = room.say(alice, "geheim")
    room.write(room.about(events.MessageDeleted, alice, message))

    page = service.page(f"/api/rooms/{room.room_id}/messages", user_id=bob)

    assert page["items"] == [{"id": message.id, "seq": 2, "n": 1, "sender": alice, "at": message.at, "deleted": True}]


def test_where_a_room_keeps_its_past_a_newcomers_history_begins_with_them(
    service: MessageService, alice: str, mallory: str
) -> None:
    room = RoomWriter(service, owner=alice)
    room.begin(history="joined")
    before = room.say(alice, "before")
    root = room.say(alice, "root")
    hidden_reply = room.say(alice, "hidden reply", thread=root.id)
    room.write(room.about(events.MessagePinned, alice, before), room.joining(mallory))
    after = room.say(alice, "after", thread=root.id)
    path = f"/api/rooms/{room.room_id}"

    def ids(inner: str) -> list[str]:
        return [item["id"] for item in service.page(f"{path}{inner}", user_id=mallory)["items"]]

    assert ids("/messages") == [after.id]
    assert ids("/messages?around=2") == [after.id]
    assert ids(f"/messages?before={after.seq}") == []
    assert service.page(f"{path}/messages", user_id=mallory)["prev"] is None
    assert ids("/pins") == []
    assert ids(f"/messages/{root.id}/thread") == [after.id]
    assert seqs(service.page(f"{path}/events", user_id=mallory)) == [6, 7]
    assert service.get(f"{path}/messages/{before.id}", user_id=mallory).code == "not_found"
    assert service.get(f"{path}/messages/{hidden_reply.id}", user_id=mallory).code == "not_found"
    assert service.get(f"{path}/messages/{before.id}/reactions?emoji=x", user_id=mallory).code == "not_found"
    assert len(service.page(f"{path}/messages", user_id=alice)["items"]) == 4


@pytest.mark.parametrize(
    "query", ["before=-1", "before=x", "before=3&after=2", "around=1&after=1", f"after={2**63}", "limit=0"]
)
def test_a_wrong_place_is_refused(service: MessageService, room: RoomWriter, alice: str, query: str) -> None:
    assert service.get(f"/api/rooms/{room.room_id}/messages?{query}", user_id=alice).code == "invalid"


def test_a_page_has_no_more_than_its_limit(service: MessageService, room: RoomWriter, alice: str) -> None:
    room.write(*(room.message(alice, str(number)) for number in range(210)))

    page = service.page(f"/api/rooms/{room.room_id}/messages?limit=100000", user_id=alice)

    assert len(page["items"]) == 200
