"""No two open channels get one name, whatever comes at once; those that had one before keep it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chatflow.protocol import events
from chatflow.wire.log import Entry, Run, RunResult
from message_service.stores.port import MessageStore
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
    room.head = before + result.held
    return result


def refused(results: Sequence[RunResult]) -> list[str | None]:
    """Return the holders of the names for which runs were stopped."""
    assert {result.stopped_by for result in results} <= {None, "name"}
    return [result.holder for result in results if result.stopped_by == "name"]


def test_a_name_is_taken_however_it_is_written(store: MessageStore, alice: str, bob: str) -> None:
    first = founded(store, alice, "Harbour 가")
    second, again = founding(store, bob, "\uff28ARBOUR \u1100\u1161")
    [result] = append(store, again)
    assert (result.held, result.head, result.stopped_by, result.holder) == (0, 0, "name", first.room_id)
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
    assert (result.held, result.head, result.holder) == (1, 2, held.room_id)

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
            runs = [founding(store, alice, f"at once {number}")[1] for _ in stores]
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


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked])
def test_a_channel_without_its_people_keeps_its_name(store: MessageStore, alice: str, bob: str, kind: Any) -> None:
    room = founded(store, alice, "harbour")
    room.write(room.of_member(kind, alice, actor=alice))
    assert refused(append(store, founding(store, bob, "harbour")[1])) == [room.room_id]
