"""Which rooms keep messages for longer than they want to, and up to which message."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chatflow.ids import PARTITIONS, partition_of
from chatflow.protocol import events
from chatflow.wire.log import Entry
from chatflow.wire.retention import Trim
from message_service.retention import trims as retention
from message_service.retention.log_clock import Anchor, ClockMark, Doubt, RetentionTime
from message_service.retention.trims import TrimPage
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog

ALL = range(PARTITIONS)
DAY = 86_400.0


def days_after(message_at: str, days: float, *, seconds: float = 0) -> float:
    written = datetime.fromisoformat(message_at).astimezone(UTC)
    return (written + timedelta(days=days, seconds=seconds)).timestamp()


def look(store: MessageStore, *, now: float, **time: Any) -> TrimPage:
    return store.trims_due(time=RetentionTime(now=now, **time), partitions=ALL, after="", limit=100)


def due(store: MessageStore, *, now: float, **time: Any) -> list[Trim]:
    return look(store, now=now, **time).trims


def a_room(store: MessageStore, alice: str, *, retention_days: int | None = 7) -> RoomLog:
    room = RoomLog(store, owner=alice)
    room.begin(retention_days=retention_days)
    return room


def stamped(room: RoomLog, entry: Entry, at: str) -> Entry:
    """Return the entry as a worker with another clock would have made it."""
    event = entry.event
    assert isinstance(event, events.MessageCreated)
    message = replace(event.message, at=at)
    return replace(entry, event=replace(event, at=at, message=message))


def test_a_room_is_due_up_to_the_last_message_that_is_too_old(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    messages = [room.say(alice, str(number)) for number in range(9)]

    for message in messages:
        [trim] = due(store, now=days_after(message.at, 7, seconds=1))
        assert trim == Trim(room_id=room.room_id, retention_days=7, through_n=message.n)
        assert due(store, now=days_after(message.at, 7)) == []
        room.write(room.trim(message.n))


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
        page = store.trims_due(time=RetentionTime(now=now), partitions=ALL, after=after, limit=2)
        found += [trim.room_id for trim in page.trims]
        after, pages = page.next or "", pages + 1

    assert found == sorted(room.room_id for room in rooms)
    assert pages == 3
    one = partition_of(rooms[2].room_id)
    narrowed = store.trims_due(time=RetentionTime(now=now), partitions=[one], after="", limit=100).trims
    assert {trim.room_id for trim in narrowed} == {room.room_id for room in rooms if partition_of(room.room_id) == one}


def test_whoever_loads_a_room_learns_how_far_it_is_trimmed(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    room.say(alice, "1")
    room.write(room.trim(1))

    snapshot = room.loaded().snapshot
    assert snapshot is not None
    assert snapshot.trimmed_n == 1


def test_what_is_too_old_is_announced_and_goes_when_that_has_stood(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    first = room.say(alice, "1")
    second = room.say(alice, "2")
    now = days_after(first.at, 7, seconds=1)

    assert look(store, now=now, grace_seconds=DAY) == TrimPage(trims=[], next=None, announced=1)
    assert look(store, now=now + DAY - 1, grace_seconds=DAY) == TrimPage(trims=[], next=None, announced=0)
    [trim] = due(store, now=now + DAY, grace_seconds=DAY)
    # The second has become too old meanwhile, and nobody was told of that.
    assert trim.through_n == first.n
    room.write(room.trim(first.n))
    assert look(store, now=now + DAY, grace_seconds=DAY).announced == 1
    assert [one.through_n for one in due(store, now=now + 2 * DAY, grace_seconds=DAY)] == [second.n]


def test_an_announcement_stands_for_as_long_as_the_machine_runs_whatever_the_clock_says(
    store: MessageStore, alice: str
) -> None:
    room = a_room(store, alice)
    now = days_after(room.say(alice, "1").at, 7, seconds=1)
    assert look(store, now=now, running_time=now, grace_seconds=DAY).announced == 1

    later = now + 40 * DAY
    assert due(store, now=later, running_time=now + DAY - 1, grace_seconds=DAY) == []
    assert [trim.through_n for trim in due(store, now=later, running_time=now + DAY, grace_seconds=DAY)] == [1]


@pytest.mark.parametrize("days", [None, 30])
def test_an_announcement_ends_with_the_setting_that_it_was_made_by(
    store: MessageStore, alice: str, days: int | None
) -> None:
    room = a_room(store, alice)
    now = days_after(room.say(alice, "1").at, 7, seconds=1)
    assert look(store, now=now, grace_seconds=DAY).announced == 1
    room.write(room.update(retention_days=days))
    assert due(store, now=now + DAY, grace_seconds=DAY) == []
    room.write(room.update(retention_days=7))

    page = look(store, now=now + 2 * DAY, grace_seconds=DAY)
    assert page == TrimPage(trims=[], next=None, announced=1)
    assert len(due(store, now=now + 3 * DAY, grace_seconds=DAY)) == 1


def test_what_is_announced_of_one_page_stands_while_another_is_looked_at(store: MessageStore, alice: str) -> None:
    rooms = [a_room(store, alice) for _ in range(3)]
    messages = [room.say(alice, "old") for room in rooms]
    time = RetentionTime(now=days_after(messages[-1].at, 8), grace_seconds=DAY)
    cursors = ["", *sorted(room.room_id for room in rooms)]

    for announced in (1, 0):
        pages = [store.trims_due(time=time, partitions=ALL, after=after, limit=1) for after in cursors[:3]]
        assert [page.announced for page in pages] == [announced] * 3


def test_an_announcement_that_no_longer_holds_takes_nothing(store: MessageStore, alice: str) -> None:
    """A clock that ran ahead announced it, and was put right."""
    room = a_room(store, alice)
    now = days_after(room.say(alice, "1").at, 1)
    assert look(store, now=now + 40 * DAY, grace_seconds=DAY).announced == 1

    assert due(store, now=now + 2 * DAY, grace_seconds=DAY) == []


def test_an_announcement_takes_only_what_is_still_too_old(store: MessageStore, alice: str) -> None:
    """A clock that ran minutes ahead announced two, of which one is too old by the right time."""
    room = a_room(store, alice)
    first, second = room.say(alice, "1"), room.say(alice, "2")
    assert look(store, now=days_after(second.at, 7, seconds=1), grace_seconds=10.0).announced == 1

    [trim] = due(store, now=days_after(second.at, 7, seconds=0), grace_seconds=-1.0)
    assert trim.through_n == first.n


def test_stamps_out_of_order_cut_no_fresh_message_off(store: MessageStore, alice: str) -> None:
    """Rooms have them from the time when each worker stamped by its own clock."""
    room = a_room(store, alice)
    ats = ["2026-10-01", "2026-11-20", "2026-11-20", "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"]
    for at in ats:
        room.write(stamped(room, room.message(alice, at), f"{at}T10:00:00.000Z"))
    now = datetime(2026, 11, 21, tzinfo=UTC).timestamp()

    assert [trim.through_n for trim in due(store, now=now)] == [1]
    room.write(room.trim(1))
    assert due(store, now=now) == []


def test_a_room_loses_a_bounded_number_of_messages_at_a_time(
    store: MessageStore, alice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MESSAGES_PER_TRIM", 4)
    room = a_room(store, alice)
    messages = [room.say(alice, str(number)) for number in range(10)]
    now = days_after(messages[-2].at, 7, seconds=1)
    taken = []
    while trims := due(store, now=now):
        taken += [trim.through_n for trim in trims]
        room.write(room.trim(taken[-1]))

    assert taken == [4, 8, 9]


def test_what_was_stamped_in_doubt_is_kept_from_the_end_of_the_doubt(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    before, within = room.say(alice, "before"), room.say(alice, "stamped three weeks too early")
    unsure = {"unsure_from": days_after(within.at, 0, seconds=-1), "unsure_until": days_after(within.at, 21)}

    assert [trim.through_n for trim in due(store, now=days_after(within.at, 21, seconds=1), **unsure)] == [before.n]
    room.write(room.trim(before.n))
    assert due(store, now=days_after(within.at, 28), **unsure) == []
    assert [trim.through_n for trim in due(store, now=days_after(within.at, 28, seconds=1), **unsure)] == [within.n]


def test_whoever_loads_a_room_learns_when_its_last_event_was(store: MessageStore, alice: str) -> None:
    room = a_room(store, alice)
    room.say(alice, "1")
    last = room.update(topic="later")
    room.write(last)

    snapshot = room.loaded().snapshot
    assert snapshot is not None
    assert snapshot.at == last.event.at


def test_what_is_kept_of_the_logs_time_is_the_last_that_was_written(store: MessageStore) -> None:
    assert store.clock_mark() is None
    doubt = Doubt(ahead_seconds=1.5, since_elapsed=2.5, since_time=3.5)
    for mark in (
        ClockMark(boot_id="a", elapsed=1.25, time=1_800_000_000.123),
        ClockMark(
            boot_id="a", elapsed=9.5, time=2.5, running_time=7.5, anchor=Anchor(ahead_seconds=1.5, since_elapsed=0.5)
        ),
        ClockMark(
            boot_id="b", elapsed=0.5, time=1_700_000_000.5, doubt=doubt, unsure_from=1.0, unsure_until=2.0, trusts=3
        ),
    ):
        store.keep_clock_mark(mark)
        assert store.clock_mark() == mark
