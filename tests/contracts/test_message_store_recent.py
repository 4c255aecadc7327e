"""The heads of recently changed rooms in some partitions, which a new owner announces."""

import time

import pytest

from chatflow.ids import PARTITIONS, partition_of
from message_service.stores.port import MessageStore
from message_service.stores.sqlite import recent as store_sqlite_recent
from tests.contracts.message_store_log import RoomLog

ALL = range(PARTITIONS)


def next_millisecond() -> float:
    """Return a moment that ids made before it can be told apart from."""
    begun = time.time_ns() // 1_000_000
    while (now := time.time_ns() // 1_000_000) <= begun:
        continue
    return now / 1000


def test_a_room_that_changed_lately_is_told_with_its_head(room: RoomLog, alice: str) -> None:
    room.say(alice, "1")

    assert room.store.recent_heads(since=time.time() - 60, partitions=ALL, limit=10) == {room.room_id: 2}


def test_what_was_decided_before_is_left_out(store: MessageStore, alice: str) -> None:
    old = RoomLog(store, owner=alice)
    old.begin()
    between = next_millisecond()
    new = RoomLog(store, owner=alice)
    new.begin()

    assert store.recent_heads(since=between, partitions=ALL, limit=10) == {new.room_id: 1}
    assert store.recent_heads(since=time.time() + 60, partitions=ALL, limit=10) == {}


def test_only_rooms_of_the_partitions_are_told(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(4)]
    for room in rooms:
        room.begin()
    partition = partition_of(rooms[1].room_id)
    expected = {room.room_id: 1 for room in rooms if partition_of(room.room_id) == partition}

    assert store.recent_heads(since=time.time() - 60, partitions=[partition], limit=10) == expected
    assert store.recent_heads(since=time.time() - 60, partitions=[], limit=10) == {}


def test_of_many_rooms_those_are_told_that_changed_last(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(4)]
    for room in rooms:
        room.begin()
    rooms[0].say(alice, "again")

    found = store.recent_heads(since=time.time() - 60, partitions=ALL, limit=2)

    assert found == {rooms[0].room_id: 2, rooms[3].room_id: 1}


def test_the_end_of_a_long_log_is_read_as_far_as_it_is_recent(
    store: MessageStore, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_sqlite_recent, "EVENTS_PER_LOOK", 2)
    rooms = [RoomLog(store, owner=alice) for _ in range(7)]
    for room in rooms:
        room.begin()

    assert len(store.recent_heads(since=time.time() - 60, partitions=ALL, limit=10)) == 7


def test_an_empty_store_has_nothing_to_tell(store: MessageStore) -> None:
    assert store.recent_heads(since=0.0, partitions=ALL, limit=10) == {}
