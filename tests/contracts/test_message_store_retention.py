"""Which rooms keep messages for longer than they want to, and up to which message."""

from datetime import UTC, datetime, timedelta

from chatflow.ids import PARTITIONS, partition_of
from chatflow.wire.retention import Trim
from message_service.store import MessageStore
from tests.contracts.message_store_log import RoomLog

ALL = range(PARTITIONS)


def days_after(message_at: str, days: float, *, seconds: float = 0) -> float:
    written = datetime.fromisoformat(message_at).astimezone(UTC)
    return (written + timedelta(days=days, seconds=seconds)).timestamp()


def due(store: MessageStore, *, now: float) -> list[Trim]:
    return store.trims_due(now=now, partitions=ALL, after="", limit=100).trims


def a_room(store: MessageStore, alice: str, *, retention_days: int | None = 7) -> RoomLog:
    room = RoomLog(store, owner=alice)
    room.begin(retention_days=retention_days)
    return room


def test_a_room_is_due_up_to_the_last_message_that_is_too_old(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    messages = [room.say(alice, str(number)) for number in range(9)]

    for message in messages:
        [trim] = due(store, now=days_after(message.at, 7, seconds=1))
        assert trim == Trim(room_id=room.room_id, retention_days=7, through_n=message.n)
    assert due(store, now=days_after(messages[0].at, 7)) == []


def test_what_is_trimmed_is_due_no_more(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    first, second = room.say(alice, "1"), room.say(alice, "2")
    room.write(room.trim(1))

    assert due(store, now=days_after(first.at, 7, seconds=1)) == []
    assert [trim.through_n for trim in due(store, now=days_after(second.at, 7, seconds=1))] == [2]
    room.write(room.trim(2))
    assert due(store, now=days_after(second.at, 8)) == []


def test_only_rooms_with_a_retention_are_due_as_it_stands_now(store: MessageStore, alice: str) -> None:
    keeping, forgetting = a_room(store, alice, retention_days=None), a_room(store, alice, retention_days=None)
    keeping.say(alice, "1")
    message = forgetting.say(alice, "1")
    forgetting.write(forgetting.update(retention_days=1))

    assert [trim.room_id for trim in due(store, now=days_after(message.at, 2))] == [forgetting.room_id]
    forgetting.write(forgetting.update(retention_days=None))
    assert due(store, now=days_after(message.at, 2)) == []


def test_rooms_are_looked_through_page_by_page_in_their_partitions(store: MessageStore, alice: str) -> None:
    rooms = [a_room(store, alice) for _ in range(5)]
    messages = [room.say(alice, "old") for room in rooms]
    now = days_after(messages[-1].at, 8)
    found, after, pages = [], "", 0
    while pages == 0 or after:
        page = store.trims_due(now=now, partitions=ALL, after=after, limit=2)
        found += [trim.room_id for trim in page.trims]
        after, pages = page.next or "", pages + 1

    assert found == sorted(room.room_id for room in rooms)
    assert pages == 3
    one = partition_of(rooms[2].room_id)
    narrowed = store.trims_due(now=now, partitions=[one], after="", limit=100).trims
    assert {trim.room_id for trim in narrowed} == {room.room_id for room in rooms if partition_of(room.room_id) == one}


def test_whoever_loads_a_room_learns_how_far_it_is_trimmed(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    room.say(alice, "1")
    room.write(room.trim(1))

    snapshot = room.loaded().snapshot
    assert snapshot is not None
    assert snapshot.trimmed_n == 1
