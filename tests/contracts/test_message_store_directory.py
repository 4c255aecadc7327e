"""The directory of a store: open channels, found by name or topic, in the order that is asked for."""

from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from message_service.stores.port import DirectoryOrder, MessageStore, OpenRoom
from tests.contracts.message_store_log import RoomLog


def test_the_directory_shows_open_channels_by_name(store: MessageStore, alice: str, bob: str) -> None:
    names: dict[str, dict[str, Any]] = {
        "Beta": {},
        "alpha": {"topic": "about Cats"},
        "회의": {},
        "hidden": {"private": True},
        "old": {"archived": True},
    }
    rooms = {name: RoomLog(store, owner=alice) for name in names}
    for name, room in rooms.items():
        room.begin(name=name, **names[name])
    direct = RoomLog(store, owner=alice)
    direct.begin(bob, kind="direct", name=None, private=True)

    def found(query: str) -> list[str | None]:
        return [one.room.name for one in store.public_rooms(query, after=None, limit=10)]

    assert found("") == ["alpha", "Beta", "회의"]
    assert (found("ALP"), found("의"), found("cats"), found("hid"), found("%")) == (
        ["alpha"],
        ["회의"],
        ["alpha"],
        [],
        [],
    )


@pytest.mark.parametrize(
    "query", ["ÄRGER", "ärger", "A\u0308rger", "\uff21\u0308rger", "GRÖSSE", "\u03aa\u0301", "\u0390"]
)
def test_topics_are_found_however_they_are_written(store: MessageStore, alice: str, query: str) -> None:
    RoomLog(store, owner=alice).begin(name="a", topic="Ärger, Größe und \u0390")
    RoomLog(store, owner=alice).begin(name="b", topic="nothing of it")

    assert [one.room.name for one in store.public_rooms(query, after=None, limit=10)] == ["a"]


def test_the_directory_goes_on_behind_what_was_shown(store: MessageStore, alice: str) -> None:
    for name in ("a", "b", "b", "c"):
        RoomLog(store, owner=alice).begin(name=name)

    shown = in_pages(store, "name")

    assert [one.room.name for one in shown] == ["a", "b", "b", "c"]
    assert len({one.room.id for one in shown}) == 4


def in_pages(store: MessageStore, order: DirectoryOrder) -> list[OpenRoom]:
    shown = store.public_rooms("", after=None, limit=2, order=order)
    last = shown[-1]
    return shown + store.public_rooms("", after=(last.key, last.room.id), limit=10, order=order)


def test_the_directory_goes_by_who_spoke_last_and_by_how_many_are_in_it(store: MessageStore, alice: str) -> None:
    rooms = {name: RoomLog(store, owner=alice) for name in ("a", "b", "c", "d")}
    for people, (name, room) in enumerate(rooms.items(), start=9):
        room.minute = people
        room.begin(*(new_id() for _ in range(people)), name=name)
    private = RoomLog(store, owner=alice)
    private.begin(name="hidden", private=True)
    rooms["b"].minute = 30
    rooms["b"].say(alice, "the last to speak")
    rooms["d"].write(rooms["d"].of_member(events.MemberLeft, alice, actor=alice), rooms["d"].update(topic="quiet"))

    assert [(one.room.name, one.active_at[11:16]) for one in in_pages(store, "activity")] == [
        *(("b", "10:31"), ("d", "10:13"), ("c", "10:12"), ("a", "10:10"))
    ]
    members = in_pages(store, "members")
    assert [one.room.member_count for one in members] == [12, 12, 11, 10]
    assert sorted(one.room.name or "" for one in members[:2]) == ["c", "d"]
    assert [one.room.name for one in store.public_rooms("c", after=None, limit=10, order="members")] == ["c"]
