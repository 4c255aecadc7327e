"""Rooms by REST: one's own, the directory, one room, its people; what one may not see is not there."""

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from tests.contracts.message_store_log import RoomWriter
from tests.message_service.service import MessageService
from tests.message_service.user_service_edge import UserServiceEdge

# Of no message. Fixed, so that the names of the tests are the same in each process of a run.
NOBODYS_ID = "00000000-0000-7000-8000-000000000001"
PATHS = ["", "/members", "/messages", "/events", "/pins", f"/messages/{NOBODYS_ID}", f"/messages/{NOBODYS_ID}/thread"]
# What a stranger may not have of an open channel either.
INNER_PATHS = PATHS[1:]


def test_a_member_sees_the_room_as_theirs(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    room.say(alice, "hi")

    assert service.page(f"/api/rooms/{room.room_id}", user_id=bob) == {
        "id": room.room_id,
        "kind": "channel",
        "name": "general",
        "topic": "",
        "private": False,
        "archived": False,
        "member_count": 2,
        "head": 2,
        "n": 1,
        "retention_days": None,
        "history": "all",
        "role": "member",
        "read_seq": 1,
        "unread": 1,
        "mentions": 0,
        "notify": {"level": "all", "muted_until": None},
        "favourite": False,
    }


def test_a_stranger_may_look_at_an_open_channel_but_not_into_it(
    service: MessageService, room: RoomWriter, mallory: str
) -> None:
    seen = service.page(f"/api/rooms/{room.room_id}", user_id=mallory)

    assert (seen["name"], seen["member_count"]) == ("general", 2)
    assert not {"role", "read_seq", "unread", "mentions", "notify", "favourite"} & seen.keys()


@pytest.mark.parametrize("path", INNER_PATHS)
def test_what_is_in_a_channel_is_for_its_members(
    service: MessageService, room: RoomWriter, mallory: str, path: str
) -> None:
    reply = service.get(f"/api/rooms/{room.room_id}{path}", user_id=mallory)

    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize("path", PATHS)
def test_a_private_room_answers_a_stranger_like_one_that_does_not_exist(
    service: MessageService, secret_room: RoomWriter, mallory: str, path: str
) -> None:
    forbidden = service.get(f"/api/rooms/{secret_room.room_id}{path}", user_id=mallory)
    unknown = service.get(f"/api/rooms/{new_id()}{path}", user_id=mallory)

    assert (forbidden.status, forbidden.body) == (unknown.status, unknown.body)
    assert forbidden.code == "not_found"


@pytest.mark.parametrize("path", PATHS)
def test_whoever_was_removed_sees_nothing_more(
    service: MessageService, secret_room: RoomWriter, bob: str, path: str
) -> None:
    secret_room.write(secret_room.of_member(events.MemberKicked, bob))

    assert service.get(f"/api/rooms/{secret_room.room_id}{path}", user_id=bob).code == "not_found"


def test_ones_rooms_come_in_pages(service: MessageService, bob: str) -> None:
    rooms = [RoomWriter(service, owner=bob) for _ in range(3)]
    for room in rooms:
        room.begin()

    first = service.page("/api/rooms?limit=2", user_id=bob)
    second = service.page(f"/api/rooms?limit=2&cursor={first['next']}", user_id=bob)

    assert {room["id"] for room in first["items"] + second["items"]} == {room.room_id for room in rooms}
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert all(room["role"] == "owner" for room in first["items"])


def test_the_directory_finds_open_channels_by_name(service: MessageService, alice: str, bob: str, mallory: str) -> None:
    names = [f"{mallory} {name}" for name in ("Alpha", "beta", "회의")]
    for name in names:
        RoomWriter(service, owner=alice).begin(name=name)
    RoomWriter(service, owner=alice).begin(name=f"{mallory} secret", private=True)

    found = service.page(f"/api/rooms/public?q={mallory}&limit=2", user_id=mallory)
    rest = service.page(f"/api/rooms/public?q={mallory}&limit=2&cursor={found['next']}", user_id=mallory)

    assert [room["name"] for room in found["items"] + rest["items"]] == names
    assert rest["next"] is None
    assert service.page(f"/api/rooms/public?q={mallory}%20ALPHA", user_id=mallory)["items"] == found["items"][:1]


def test_the_directory_goes_by_activity_and_by_members(service: MessageService, alice: str, mallory: str) -> None:
    rooms = [RoomWriter(service, owner=alice) for _ in range(3)]
    for number, room in enumerate(rooms):
        room.minute = number
        room.begin(*(new_id() for _ in range(3 - number)), name=f"{mallory} {number}")

    def names(sort: str) -> list[str]:
        asked = f"/api/rooms/public?q={mallory}&sort={sort}&limit=2"
        first = service.page(asked, user_id=mallory)
        rest = service.page(f"{asked}&cursor={first['next']}", user_id=mallory)
        assert rest["next"] is None
        return [room["name"].removeprefix(f"{mallory} ") for room in first["items"] + rest["items"]]

    assert names("members") == ["0", "1", "2"]
    rooms[1].minute = 100
    said = rooms[1].say(alice, "the last")
    assert names("activity") == ["1", "2", "0"]
    [found] = service.page(f"/api/rooms/public?q={mallory}%201", user_id=mallory)["items"]
    assert (found["last_at"], found["member_count"]) == (said.at, 3)
    cursor = service.page(f"/api/rooms/public?q={mallory}&limit=2", user_id=mallory)["next"]
    assert service.get(f"/api/rooms/public?sort=members&cursor={cursor}", user_id=mallory).code == "invalid"
    assert service.get("/api/rooms/public?sort=size", user_id=mallory).code == "invalid"


def test_invitations_are_listed_for_moderators_without_their_secrets(
    service: MessageService, room: RoomWriter, alice: str, bob: str
) -> None:
    ids = [new_id() for _ in range(3)]
    ends = (None, "2026-11-20T00:00:00.000Z", "2999-01-01T00:00:00.000Z")
    made = [
        events.InviteCreated(**room.common(alice), invite_id=invite_id, role="reader", uses=5, until=until)
        for invite_id, until in zip(ids, ends, strict=True)
    ]
    room.write(*(room.entry(event, secret_hash="h" * 64) for event in made))
    room.write(room.joining(new_id(), role="reader", invite_id=ids[0]))

    path = f"/api/rooms/{room.room_id}/invites"
    page = service.page(path, user_id=alice)
    about = {"role": "reader", "uses": 5, "by": alice}
    assert page["items"] == [
        {"id": ids[0], "used": 1, "until": None, **about},
        {"id": ids[2], "used": 0, "until": ends[2], **about},
    ]
    assert (page["next"], page["prev"], page["head"]) == (None, None, room.head)
    assert service.get(path, user_id=bob).code == "forbidden"


def test_members_come_in_pages(service: MessageService, room: RoomWriter, alice: str, bob: str) -> None:
    first = service.page(f"/api/rooms/{room.room_id}/members?limit=1", user_id=bob)
    second = service.page(f"/api/rooms/{room.room_id}/members?limit=1&cursor={first['next']}", user_id=bob)

    found = {member["user_id"]: member["role"] for member in first["items"] + second["items"]}
    assert found == {alice: "owner", bob: "member"}
    assert (second["next"], second["head"]) == (None, 1)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=-1", "cursor=%00", "cursor=abc", "cursor=WzFd", "cursor=%ED%95%9C", "limit=9" * 50],
)
def test_a_wrong_parameter_is_named_or_refused(service: MessageService, alice: str, query: str) -> None:
    reply = service.get(f"/api/rooms?{query}", user_id=alice)

    assert (reply.status, reply.code) == (400, "invalid")


def test_nobody_is_let_in_without_a_token_of_ours(service: MessageService, room: RoomWriter) -> None:
    stranger = UserServiceEdge()

    for credential in ("", "Bearer ", "Bearer x.y.z", f"Bearer {stranger.token(room.owner)}"):
        reply = service.request("GET", f"/api/rooms/{room.room_id}", Authorization=credential)
        assert (reply.status, reply.code) == (401, "unauthenticated")


def test_a_token_that_expired_says_so(service: MessageService, user_service: UserServiceEdge, alice: str) -> None:
    token = user_service.token(alice, lasts_seconds=-1)

    assert service.request("GET", "/api/rooms", Authorization=f"Bearer {token}").code == "token_expired"


def test_other_methods_are_refused_without_telling_what_we_are(service: MessageService, alice: str) -> None:
    token = service.user_service.token(alice)

    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        reply = service.request(method, "/api/rooms", Authorization=f"Bearer {token}")
        assert (reply.status, reply.code) == (405, "invalid")
