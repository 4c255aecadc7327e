"""What a message says of the thread that hangs under it: how many replies, when the last one, and by whom."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import DeletedMessage, Message
from message_service.stores.mongodb.store import MongodbStore
from message_service.stores.port import Span
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog, message_of


def in_history(room: RoomLog, message: Message) -> Any:
    [found] = [one for one in room.store.messages(room.room_id, Span(limit=50)).items if one.id == message.id]
    assert found == room.store.message(room.room_id, message.id)
    return found


def thread_of(room: RoomLog, root: Message) -> tuple[Any, Any, Any]:
    found = in_history(room, root)
    return found.replies, found.last_reply_at, found.repliers


def test_a_message_says_what_hangs_under_it_and_others_say_nothing(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    assert thread_of(room, root) == (UNSET, UNSET, UNSET)
    one = room.say(bob, "one", thread=root.id)
    assert thread_of(room, root) == (1, one.at, [bob])
    crowd = [new_id() for _ in range(6)]
    room.write(*(room.message(sender, "more", thread=root.id) for sender in [bob, alice, *crowd]))
    last = room.say(bob, "last", thread=root.id)
    assert thread_of(room, root) == (10, last.at, [bob, alice, *crowd[:3]])
    assert thread_of(room, last) == (UNSET, UNSET, UNSET)


def test_the_message_goes_on_counting_whatever_else_becomes_of_it(room: RoomLog, alice: str, bob: str) -> None:
    entry = room.message(alice, "root")
    root = message_of(entry)
    room.write(entry, room.message(bob, "with it", thread=root.id), room.edit(root, "edited"))
    room.write(
        room.about(events.ReactionAdded, bob, root, emoji="x"),
        room.message(alice, "two", thread=root.id),
        room.about(events.MessagePinned, alice, root),
    )
    found = in_history(room, root)
    assert (found.text, found.replies, [one.emoji for one in found.reactions]) == ("edited", 2, ["x"])

    room.write(room.about(events.MessageDeleted, alice, root), room.message(bob, "three", thread=root.id))

    gone = in_history(room, root)
    assert isinstance(gone, DeletedMessage)
    assert (gone.replies, gone.repliers) == (3, [bob, alice])


def test_a_deleted_reply_still_says_where_it_was(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    reply = room.say(bob, "reply", thread=root.id, reply_to=root.id)
    room.write(room.about(events.MessageDeleted, bob, reply))

    gone = in_history(room, reply)

    assert isinstance(gone, DeletedMessage)
    assert (gone.thread, gone.reply_to) == (root.id, root.id)
    assert thread_of(room, root)[0] == 1
    created = room.events(after=reply.seq - 1, limit=1).events[0].packet
    assert f'"thread":"{root.id}"' in created
    assert "replies" not in created


def forget_in_sqlite(store: Any) -> None:
    with store._db.writing() as db:
        db.execute("UPDATE messages SET replies = NULL, last_reply_n = NULL, last_reply_at = NULL, repliers = NULL")


def forget_in_mongodb(store: Any) -> None:
    fields = {f"message.{name}": "" for name in ("replies", "last_reply_n", "last_reply_at", "repliers")}
    store._db.events.update_many({}, {"$unset": fields})


FORGET: dict[type, Callable[[Any], None]] = {SqliteStore: forget_in_sqlite, MongodbStore: forget_in_mongodb}


@pytest.mark.parametrize("begun", [0, 1])
def test_older_threads_are_counted_also_if_that_is_interrupted(
    room: RoomLog, alice: str, bob: str, begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [room.say(alice, text) for text in "12"]
    for sender in (bob, alice, bob):
        for root in roots:
            room.say(sender, "reply", thread=root.id)
    before = [thread_of(room, root) for root in roots]
    store: Any = room.store
    FORGET[type(store)](store)
    for kind in ("sqlite", "mongodb"):
        monkeypatch.setattr(f"message_service.stores.{kind}.migrations.m0022_older_replies.THREADS_PER_BATCH", 1)
    [step] = [step for step in store.migrating._migrations if step.name == "older_replies"]
    for _ in range(begun):
        next(step.up(store._db))
    room.write(room.about(events.ReactionAdded, bob, roots[0], emoji="x"))

    list(step.up(store._db))

    assert [thread_of(room, root) for root in roots] == before
    assert [one[0] for one in before] == [3, 3]
    last = room.say(bob, "once more", thread=roots[0].id)
    assert thread_of(room, roots[0]) == (4, last.at, [bob, alice])
