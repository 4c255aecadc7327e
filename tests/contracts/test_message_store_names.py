"""No two open channels get one name, whatever comes at once; those that had one before keep it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chatflow.protocol import events
from chatflow.wire.log import Entry, Run, RunResult
from message_service.stores.mongodb.store import MongodbStore
from message_service.stores.port import MessageStore
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog, in_time
from tests.contracts.message_store_profiles import opened


def append(store: MessageStore, *runs: Run) -> list[RunResult]:
    return store.append(runs, deadline=in_time(), unique_names=True)


def founding(store: MessageStore, founder: str, name: str, **settings: Any) -> tuple[RoomLog, Run]:
    room = RoomLog(store, owner=founder)
    return room, room.run(room.creation(name=name, **settings))


def founded(store: MessageStore, founder: str, name: str, **settings: Any) -> RoomLog:
    room, run = founding(store, founder, name, **settings)
    assert refused(append(store, run)) == []
    return room


def changed(store: MessageStore, room: RoomLog, **changes: Any) -> RunResult:
    """Change a room's settings; what is refused is as if it had never been asked."""
    before = room.head
    [result] = append(store, room.run(room.update(**changes)))
    room.head = before + result.applied
    return result


def refused(results: Sequence[RunResult]) -> list[str | None]:
    """Return the holders of the names for which runs were stopped."""
    assert {result.stopped_by for result in results} <= {None, "name"}
    return [result.holder for result in results if result.stopped_by == "name"]


def test_a_name_is_taken_however_it_is_written(store: MessageStore, alice: str, bob: str) -> None:
    first = founded(store, alice, "Harbour 가")
    second, again = founding(store, bob, "\uff28ARBOUR \u1100\u1161")
    [result] = append(store, again)
    assert (result.applied, result.head, result.stopped_by, result.holder) == (0, 0, "name", first.room_id)
    assert store.room(second.room_id) is None

    other = founded(store, bob, "quay")
    assert changed(store, other, name="HARBOUR 가").holder == first.room_id
    assert changed(store, other, topic="where ships land").stopped_by is None
    # One's own name in another form is no other name.
    assert changed(store, first, name="harbour 가").stopped_by is None


def test_only_open_channels_keep_their_names(store: MessageStore, alice: str) -> None:
    held = founded(store, alice, "harbour")
    closed = founded(store, alice, "harbour", private=True)
    group = founded(store, alice, "harbour", kind="group", private=True)
    assert changed(store, closed, private=False).holder == held.room_id
    assert changed(store, group, archived=True).stopped_by is None

    assert changed(store, held, private=True).stopped_by is None
    assert changed(store, closed, private=False).stopped_by is None
    assert changed(store, held, private=False).holder == closed.room_id

    assert changed(store, closed, archived=True).stopped_by is None
    assert changed(store, held, private=False).stopped_by is None
    assert changed(store, closed, archived=False).holder == held.room_id
    # It may come back by another name.
    assert changed(store, closed, archived=False, name="quay").stopped_by is None


def test_a_name_that_a_channel_gave_up_is_free_and_one_that_it_takes_again_is_not(
    store: MessageStore, alice: str
) -> None:
    room = founded(store, alice, "harbour")
    assert changed(store, room, name="quay").stopped_by is None
    other = founded(store, alice, "harbour")
    assert changed(store, room, name="harbour").holder == other.room_id
    assert changed(store, other, name="pier").stopped_by is None
    for name in ("harbour", "quay", "harbour"):
        assert changed(store, room, name=name).stopped_by is None
    assert refused(append(store, founding(store, alice, "harbour")[1])) == [room.room_id]
    founded(store, alice, "quay")


def test_several_names_in_one_run_come_to_the_last(store: MessageStore, alice: str) -> None:
    room = founded(store, alice, "harbour")
    updates = [room.update(name=name) for name in ("quay", "Quay", "harbour", "pier", "harbour")]
    assert refused(append(store, room.run(*updates))) == []
    assert refused(append(store, founding(store, alice, "harbour")[1])) == [room.room_id]
    for name in ("quay", "pier"):
        founded(store, alice, name)


def test_what_stands_before_a_refused_name_is_kept_and_the_same_run_again_counts_as_written(
    store: MessageStore, alice: str
) -> None:
    held, room = founded(store, alice, "harbour"), founded(store, alice, "quay")
    said = room.message(alice, "1")
    [result] = append(store, room.run(said, room.update(name="harbour")))
    assert (result.applied, result.head, result.holder) == (1, 2, held.room_id)

    again, run = founding(store, alice, "pier")
    assert [append(store, run)[0].stopped_by for _ in range(2)] == [None, None]
    assert again.loaded().head == 1


def test_of_two_in_one_append_and_of_many_at_once_one_has_the_name(
    message_store_url: str, store: MessageStore, alice: str
) -> None:
    [(_, one), (_, other)] = [founding(store, alice, "together") for _ in range(2)]
    results = append(store, one, other)
    assert len(refused(results)) == 1

    # Each process has a store of its own; what is refused names the one that is not.
    with opened(message_store_url) as elsewhere:
        stores = [store, elsewhere] * 4
        for number in range(4):
            runs = [founding(store, alice, f"{first}t once {number}")[1] for first in "a\u0430" * 4]
            with ThreadPoolExecutor(len(stores)) as pool:
                answers = [result for [result] in pool.map(append, stores, runs)]
            winners = [answer.room_id for answer in answers if answer.stopped_by is None]
            assert len(winners) == 1
            assert {answer.holder for answer in answers if answer.stopped_by == "name"} == set(winners)


def test_channels_of_one_name_from_before_keep_it_until_they_are_renamed(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(3)]
    for room in rooms:
        room.begin(name="harbour")
    oldest, *others = rooms
    for room in others:
        assert changed(store, room, topic="still here").stopped_by is None
        assert changed(store, room, name="Harbour").holder == oldest.room_id
    assert refused(append(store, founding(store, alice, "harbour")[1])) == [oldest.room_id]
    assert changed(store, oldest, name="Harbour").stopped_by is None
    assert changed(store, others[0], name="quay").stopped_by is None
    assert changed(store, others[0], name="harbour").holder == oldest.room_id


def test_a_worker_that_does_not_know_the_rule_is_not_held_to_it(store: MessageStore, alice: str) -> None:
    founded(store, alice, "harbour")
    room = RoomLog(store, owner=alice)
    room.begin(name="harbour")
    assert room.loaded().head == 1


def test_people_whom_a_refused_name_would_bring_in_are_not_counted(store: MessageStore, alice: str, bob: str) -> None:
    founded(store, alice, "harbour")

    def bringing(name: str) -> Entry:
        return RoomLog(store, owner=alice).creation(bob, name=name)

    def append_limited(entry: Entry) -> str | None:
        run = RoomLog(store, owner=alice, room_id=entry.event.room_id).run(entry)
        [result] = store.append([run], deadline=in_time(), unique_names=True, added_per_hour=1)
        return result.stopped_by

    assert [append_limited(bringing(name)) for name in ("harbour", "quay")] == ["name", None]


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked, events.MemberBanned])
def test_a_channel_that_everybody_has_left_keeps_its_name_from_nobody(
    store: MessageStore, alice: str, bob: str, kind: Any
) -> None:
    empty = founded(store, alice, "harbour")
    assert listed(store) == [empty.room_id]
    empty.write(empty.of_member(kind, alice, actor=alice))
    assert listed(store) == []
    room = founded(store, bob, "Harbour")
    assert listed(store) == [room.room_id]

    # Whoever comes into the empty one again would bring its name back.
    before = empty.head
    assert refused(append(store, empty.run(empty.joining(bob)))) == [room.room_id]
    empty.head = before
    assert changed(store, room, name="quay").stopped_by is None
    assert refused(append(store, empty.run(empty.joining(bob)))) == []
    # Nothing keeps others out.
    assert refused(append(store, empty.run(empty.joining(alice)))) == []
    assert changed(store, room, name="harbour").holder == empty.room_id


def listed(store: MessageStore) -> list[str]:
    return [found.room.id for found in store.public_rooms("har", after=None, limit=10)]


# With a soft hyphen, with what Unicode keeps for the invisible, and with letters of Cyrillic and Greek.
TWINS = [
    "harb\u00adour",
    "harb\u2065our",
    "harbour\U000e0000",
    "h\u0430rb\u043eur",
    "\u041d\u0410RBOUR",
    "har\u200bbour",
]


def test_a_name_is_taken_by_what_looks_like_it(store: MessageStore, alice: str, bob: str) -> None:
    first, other = founded(store, alice, "harbour"), founded(store, bob, "quay")
    for twin in TWINS:
        assert refused(append(store, founding(store, bob, twin)[1])) == [first.room_id]
        assert changed(store, other, name=twin).holder == first.room_id
        assert changed(store, first, name=twin).stopped_by is None
    assert changed(store, other, name="harbour").holder == first.room_id
    assert changed(store, first, private=True).stopped_by is None
    assert changed(store, other, name="harbour").stopped_by is None


def test_channels_that_looked_alike_before_keep_their_names(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(2)]
    for room, name in zip(rooms, ("harbour", "h\u0430rbour"), strict=True):
        room.begin(name=name)
    oldest, twin = rooms
    assert changed(store, twin, topic="still here").stopped_by is None
    assert changed(store, twin, name="HARBOUR").holder == oldest.room_id
    assert changed(store, oldest, name="Harbour").stopped_by is None


def forget_looks_in_sqlite(store: Any) -> None:
    with store._db.writing() as db:
        for statement in (
            "DROP INDEX names_by_look",
            "DROP INDEX names_in_use",
            "ALTER TABLE rooms DROP COLUMN look_key",
        ):
            db.execute(statement)


def forget_looks_in_mongodb(store: Any) -> None:
    store._db.rooms.update_many({}, {"$unset": {"look_key": ""}})
    for index in ("look_key_1", "is_open_1_sort_key_1_member_count_1"):
        store._db.rooms.drop_index(index)


FORGET_LOOKS: dict[type, Callable[[Any], None]] = {
    SqliteStore: forget_looks_in_sqlite,
    MongodbStore: forget_looks_in_mongodb,
}


def test_looks_of_names_from_before_come_along(store: Any, alice: str, bob: str) -> None:
    first = founded(store, alice, "harbour")
    empty = founded(store, alice, "quay")
    empty.write(empty.of_member(events.MemberLeft, alice, actor=alice))
    FORGET_LOOKS[type(store)](store)
    # As each start of a service does until it is done.
    begun = next(step for step in store.migrating._migrations if step.name == "looks").up(store._db)
    list(begun or ())

    assert refused(append(store, founding(store, bob, TWINS[0])[1])) == [first.room_id]
    founded(store, bob, "qu\u0430y")


def test_a_name_that_looks_otherwise_in_capitals_is_the_same(store: MessageStore, alice: str) -> None:
    """A capital I passes for an l, a small i does not."""
    room = founded(store, alice, "AI")
    for name in ("ai", "AI", "Ai", "AI"):
        assert changed(store, room, name=name).stopped_by is None
    for name in ("ai", "Al"):
        assert refused(append(store, founding(store, alice, name)[1])) == [room.room_id]
    founded(store, alice, "A\u0142")
