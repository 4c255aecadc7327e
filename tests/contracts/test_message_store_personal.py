"""What people set for themselves: what they wish to be told, threads that they follow, direct rooms that they hide."""

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Notify, Reason
from chatflow.wire.outbox import Audience, Job
from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, Outcome, ThreadWrite
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog


@pytest.fixture
def direct(store: MessageStore, alice: str, bob: str) -> RoomLog:
    """A direct room of alice and bob in which one thing was said."""
    room = RoomLog(store, owner=alice)
    room.begin(bob, kind="direct", name=None)
    room.say(alice, "hi")
    return room


def hide(room: RoomLog, user_id: str, *, seq: int | None) -> Outcome:
    [outcome] = room.store.write_personal([HideWrite(user_id=user_id, room_id=room.room_id, seq=seq)])
    return outcome


def follow(room: RoomLog, user_id: str, message_id: str, *, following: bool) -> Outcome:
    write = ThreadWrite(user_id=user_id, room_id=room.room_id, id=message_id, following=following)
    [outcome] = room.store.write_personal([write])
    return outcome


def told_of(room: RoomLog, seq: int) -> dict[str, str]:
    [details] = room.store.alert_details([Job(room.room_id, seq)])
    return {recipient.user_id: recipient.reason for recipient in details.recipients}


def version(room: RoomLog, user_id: str) -> int:
    return room.store.versions([user_id])[user_id]


def shown(room: RoomLog, user_id: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the rooms that each way of listing them shows, and those told as hidden."""
    [person] = room.store.people([user_id], limit=10)
    return (
        [row.room.id for row in person.rows],
        list(person.room_heads),
        [row.room.id for _, row in room.store.rooms_of(user_id, after=None, limit=10)],
        [row.room.id for row in person.hidden],
    )


def test_a_level_is_kept_for_one_person_in_one_room(room: RoomLog, alice: str, bob: str) -> None:
    quiet = Notify("mentions", "2030-01-01T00:00:00Z")
    message = room.say(alice, "root")
    room.say(bob, "in the thread", thread=message.id)
    reply = room.say(alice, "again", thread=message.id)

    outcomes = room.store.write_personal([NotifyWrite(user_id=bob, room_id=room.room_id, notify=quiet)])

    assert outcomes == ["done"]
    assert (room.row(bob).room.notify, room.row(alice).room.notify) == (quiet, Notify())
    [details] = room.store.alert_details([Job(room.room_id, reply.seq)])
    assert [recipient.notify for recipient in details.recipients] == [quiet]
    room.store.write_personal([NotifyWrite(user_id=bob, room_id=room.room_id, notify=Notify("none"))])
    assert room.row(bob).room.notify == Notify("none", None)


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked, events.MemberBanned])
def test_whoever_is_out_sets_nothing(room: RoomLog, alice: str, bob: str, kind: type[events.MemberLeft]) -> None:
    message = room.say(alice, "root")
    room.write(room.of_member(kind, bob))
    outcomes = room.store.write_personal(
        [
            NotifyWrite(user_id=bob, room_id=room.room_id, notify=Notify("none")),
            ThreadWrite(user_id=bob, room_id=room.room_id, id=message.id, following=True),
        ]
    )

    assert outcomes == ["not_found", "not_found"]


def test_strangers_set_nothing(room: RoomLog, alice: str, carol: str) -> None:
    message = room.say(alice, "root")
    outcomes = room.store.write_personal(
        [
            NotifyWrite(user_id=carol, room_id=room.room_id, notify=Notify("none")),
            ThreadWrite(user_id=carol, room_id=room.room_id, id=message.id, following=True),
            HideWrite(user_id=carol, room_id=room.room_id, seq=1),
            NotifyWrite(user_id=carol, room_id=new_id(), notify=Notify("none")),
            NotifyWrite(user_id=alice, room_id=room.room_id, notify=Notify("none")),
        ]
    )
    assert outcomes == ["not_found", "not_found", "not_found", "not_found", "done"]


def test_whoever_follows_a_thread_is_told_of_it(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")

    assert follow(room, carol, root.id, following=True) == "done"

    reply = room.say(bob, "reply", thread=root.id)
    assert told_of(room, reply.seq) == {alice: "thread", carol: "thread"}


def test_whoever_unfollows_a_thread_is_told_no_more_until_they_write_in_it(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    room.say(alice, "mine too", thread=root.id)
    follow(room, alice, root.id, following=False)
    missed = room.say(bob, "1", thread=root.id)
    room.say(alice, "I am back", thread=root.id)
    heard = room.say(bob, "2", thread=root.id)

    assert told_of(room, missed.seq) == {}
    assert told_of(room, heard.seq) == {alice: "thread"}


def test_whoever_unfollows_a_thread_is_told_no_more_though_they_follow_every_one(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")
    follow(room, carol, root.id, following=False)
    reply = room.say(bob, "1", thread=root.id)
    other = room.say(bob, "2", thread=room.say(alice, "other").id)
    jobs = [Job(room.room_id, message.seq) for message in (reply, other)]

    def told(reason: Reason) -> list[list[str]]:
        found = room.store.alert_details(jobs, only=Audience(user_ids=[carol], otherwise=reason))
        return [[one.reason for one in details.recipients] for details in found]

    assert told("thread") == [[], ["thread"]]
    assert told("keyword") == [["keyword"], ["keyword"]]


def test_only_what_begins_a_thread_in_this_room_can_be_followed(
    store: MessageStore, room: RoomLog, alice: str, bob: str
) -> None:
    root = room.say(alice, "root")
    reply = room.say(bob, "reply", thread=root.id)
    elsewhere = RoomLog(store, owner=alice)
    elsewhere.begin()
    other = elsewhere.say(alice, "elsewhere")

    assert [follow(room, bob, one, following=True) for one in (reply.id, other.id, new_id())] == ["not_found"] * 3


def test_what_was_said_before_ones_joining_cannot_be_followed_where_it_cannot_be_read(
    store: MessageStore, alice: str, carol: str
) -> None:
    room = RoomLog(store, owner=alice)
    room.begin(history="joined")
    before = room.say(alice, "before")
    room.write(room.joining(carol))

    assert follow(room, carol, before.id, following=True) == "not_found"


def test_a_hidden_direct_room_is_in_no_list_until_something_is_said(direct: RoomLog, alice: str, bob: str) -> None:
    before = version(direct, bob)

    assert hide(direct, bob, seq=direct.head) == "done"

    assert shown(direct, bob) == ([], [], [], [direct.room_id])
    assert shown(direct, alice) == ([direct.room_id], [direct.room_id], [direct.room_id], [])
    assert version(direct, bob) != before
    assert (direct.row(bob).hidden_n, direct.row(bob).is_hidden) == (1, True)

    direct.say(alice, "still there?")
    assert shown(direct, bob) == ([direct.room_id], [direct.room_id], [direct.room_id], [])
    assert not direct.row(bob).is_hidden


def test_what_was_said_while_a_room_was_being_hidden_keeps_it_in_view(direct: RoomLog, alice: str, bob: str) -> None:
    seen = direct.head
    direct.say(alice, "wait")

    hide(direct, bob, seq=seen)

    assert shown(direct, bob)[0] == [direct.room_id]


def test_a_hidden_room_can_be_shown_again(direct: RoomLog, bob: str) -> None:
    hide(direct, bob, seq=direct.head)
    hidden = version(direct, bob)

    hide(direct, bob, seq=None)
    assert shown(direct, bob)[0] == [direct.room_id]
    assert version(direct, bob) != hidden

    again = version(direct, bob)
    hide(direct, bob, seq=None)
    assert version(direct, bob) == again


def test_only_direct_rooms_are_hidden(room: RoomLog, bob: str) -> None:
    assert hide(room, bob, seq=room.head) == "not_direct"
    assert shown(room, bob)[0] == [room.room_id]


def test_where_a_room_stands_in_ones_list_is_ones_own_and_what_is_left_out_stays(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    def place() -> tuple[bool | None, str | None]:
        shown = room.row(bob).room
        return shown.favourite, shown.section

    def put(**place: bool | str | None) -> list[Outcome]:
        return room.store.write_personal([MineWrite(user_id=bob, room_id=room.room_id, **place)])  # type: ignore[arg-type]

    assert place() == (False, None)
    assert (put(favourite=True), place()) == (["done"], (True, None))
    assert (put(section="work"), place()) == (["done"], (True, "work"))
    assert (put(favourite=False), place()) == (["done"], (False, "work"))
    assert (put(section=None, favourite=True), place()) == (["done"], (True, None))
    assert room.row(alice).room.favourite is False
    outsider = MineWrite(user_id=carol, room_id=room.room_id, favourite=True)
    assert room.store.write_personal([outsider]) == ["not_found"]
