"""How often an append waits for the server: each time for the way there and back, and a write for a majority too."""

from collections import Counter
from collections.abc import Callable

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Message
from chatflow.wire.log import Entry
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog
from tests.message_service.stores.mongodb.commands import heard_of

Making = Callable[[RoomLog, Message], Entry]

# The room and what its log has behind it are looked up, the entries inserted, and the room moved on last. In between
# go a sender's position, or what is changed and who finds it in a list.
APPENDS: dict[str, tuple[Making, dict[str, int]]] = {
    "message": (lambda room, _: room.message(room.owner, "hi"), {"find": 2, "insert": 1, "update": 2}),
    "edit": (lambda room, old: room.edit(old, "changed"), {"find": 3, "insert": 1, "update": 3}),
    "reaction": (
        lambda room, old: room.about(events.ReactionAdded, room.owner, old, emoji="x"),
        {"find": 4, "insert": 1, "update": 3},
    ),
    "joining": (lambda room, _: room.joining(new_id()), {"find": 2, "insert": 1, "update": 3}),
    "invitation": (
        lambda room, _: room.entry(
            events.InviteCreated(**room.common(room.owner), invite_id=new_id(), role="member"), secret_hash="h"
        ),
        {"find": 2, "insert": 1, "update": 2},
    ),
}


@pytest.mark.parametrize(("making", "commands"), APPENDS.values(), ids=APPENDS.keys())
def test_an_append_asks_no_more_than_it_has_to(
    store: MongodbStore, database_url: str, making: Making, commands: dict[str, int]
) -> None:
    room = RoomLog(store, owner=new_id())
    room.begin()
    old = room.say(room.owner, "old")
    entry = making(room, old)

    with heard_of(database_url) as heard:
        room.write(entry)

    assert Counter(command.name for command in heard) == commands


def test_of_many_people_nobody_costs_a_round_trip(store: MongodbStore, database_url: str) -> None:
    room = RoomLog(store, owner=new_id())
    creation = room.creation(*(new_id() for _ in range(50)))

    with heard_of(database_url) as heard:
        room.write(creation)

    assert Counter(command.name for command in heard) == {"find": 2, "insert": 2, "update": 2}


@pytest.mark.parametrize("threads", [1, 12])
def test_a_page_of_threads_takes_as_many_questions_however_many_they_are(
    store: MongodbStore, database_url: str, threads: int
) -> None:
    owner, other = new_id(), new_id()
    for _ in range(threads):
        room = RoomLog(store, owner=owner)
        room.begin(other)
        root = room.say(owner, "root")
        room.say(other, "reply", thread=root.id)

    with heard_of(database_url) as heard:
        page = store.threads_of(owner, unread=True, after=None, limit=20)

    assert [(one.replies, one.unread, one.last is not None) for one in page.items] == [(1, 1, True)] * threads
    # The list, the rooms and what their logs have behind them, memberships, roots, last replies, unread replies.
    assert Counter(command.name for command in heard if not command.is_fence) == {"find": 7}
