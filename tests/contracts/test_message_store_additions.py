"""Others put a person into so many rooms an hour, whatever comes at once; that somebody declined is told to nobody."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chatflow.instants import write_instant
from chatflow.protocol import events
from chatflow.wire.log import Check, Entry, Run, RunResult
from message_service.stores.migrating import Migrating
from message_service.stores.port import MessageStore
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog, in_time

PER_HOUR = 2


def moment(*, ago: timedelta = timedelta()) -> str:
    return write_instant((datetime.now(UTC) - ago).timestamp())


def at(entry: Entry, *, ago: timedelta = timedelta()) -> Entry:
    """Return the entry as if it was decided then."""
    return replace(entry, event=replace(entry.event, at=moment(ago=ago)))


def append(store: MessageStore, *runs: Run) -> list[RunResult]:
    return store.append(runs, deadline=in_time(), added_per_hour=PER_HOUR)


def founding(store: MessageStore, alice: str, *members: str, ago: timedelta = timedelta()) -> tuple[RoomLog, Run]:
    room = RoomLog(store, owner=alice)
    return room, room.run(at(room.creation(*members), ago=ago))


def stopped(results: Sequence[RunResult]) -> list[str | None]:
    return [result.stopped_by for result in results]


def test_what_one_append_brings_is_counted_with_what_stands(store: MessageStore, alice: str, bob: str) -> None:
    [_, first], *others = [founding(store, alice, bob) for _ in range(4)]
    assert stopped(append(store, first)) == [None]
    results = append(store, *(run for _, run in others))
    assert stopped(results) == [None, "added", "added"]
    for result in results[1:]:
        assert (result.applied, result.head) == (0, 0)
        assert result.retry_after is not None
        assert 3590 < result.retry_after <= 3600
    assert len(store.people([bob], limit=10)[0].rows) == PER_HOUR
    assert store.room(others[-1][0].room_id) is None


def test_nobody_is_counted_where_one_of_those_named_is_full(
    store: MessageStore, alice: str, bob: str, carol: str
) -> None:
    append(store, *(founding(store, alice, bob)[1] for _ in range(PER_HOUR)))
    both, *carols = [founding(store, alice, *named)[1] for named in ((carol, bob), (carol,), (carol,))]
    assert stopped(append(store, both, *carols)) == ["added", None, None]


def test_a_room_counts_once_and_what_stands_already_not_again(store: MessageStore, alice: str, bob: str) -> None:
    room, begun = founding(store, alice, bob)
    append(store, begun, founding(store, alice, bob)[1])
    kick, again = room.of_member(events.MemberKicked, bob), at(room.joining(bob, actor=alice))
    assert stopped(append(store, room.run(kick, again))) == [None]
    assert stopped(append(store, room.run(kick, again))) == [None]
    assert stopped(append(store, founding(store, alice, bob)[1])) == ["added"]


def test_what_stands_before_it_in_the_run_is_kept(store: MessageStore, alice: str, bob: str) -> None:
    append(store, *(founding(store, alice, bob)[1] for _ in range(PER_HOUR)))
    room, begun = founding(store, alice)
    append(store, begun)
    said = room.message(alice, "1")
    joined = at(room.joining(bob, actor=alice))
    [result] = append(store, room.run(said, Check(actor=alice, op="c:none"), joined))
    assert (result.applied, result.head, result.stopped_by) == (2, 2, "added")
    assert room.loaded().head == 2


def test_coming_oneself_counts_for_nothing_and_is_always_possible(store: MessageStore, alice: str, bob: str) -> None:
    for _ in range(PER_HOUR + 1):
        room, begun = founding(store, alice)
        append(store, begun)
        assert stopped(append(store, room.run(at(room.joining(bob))))) == [None]
    assert stopped(append(store, founding(store, alice, bob)[1])) == [None]


def test_an_hour_later_others_may_again(store: MessageStore, alice: str, bob: str) -> None:
    append(store, founding(store, alice, bob, ago=timedelta(minutes=61))[1])
    append(store, founding(store, alice, bob, ago=timedelta(minutes=50))[1])
    append(store, founding(store, alice, bob, ago=timedelta(minutes=20))[1])
    [result] = append(store, founding(store, alice, bob)[1])
    assert result.retry_after is not None
    assert 590 < result.retry_after <= 600


def test_a_clock_that_was_far_ahead_keeps_nobody_away(store: MessageStore, alice: str, bob: str) -> None:
    for minutes in (40 * 24 * 60, 40 * 24 * 60, 10, 10):
        append(store, founding(store, alice, bob, ago=-timedelta(minutes=minutes))[1])
    [result] = append(store, founding(store, alice, bob)[1])
    assert result.retry_after is not None
    assert 3590 < result.retry_after <= 3600


@pytest.mark.not_on_ferretdb("it looks through the memberships for each that is written, and there are eighty")
def test_without_a_limit_nothing_is_counted(store: MessageStore, alice: str, bob: str) -> None:
    runs = [founding(store, alice, bob)[1] for _ in range(40)]
    assert set(stopped(store.append(runs, deadline=in_time()))) == {None}


def test_who_declined_is_remembered_until_they_return_and_the_event_does_not_tell(room: RoomLog, bob: str) -> None:
    leaving = replace(room.of_member(events.MemberLeft, bob, actor=bob), declined=True, op="c:no")
    room.write(leaving)
    snapshot, known = room.loaded().snapshot, room.known(bob, "c:no")
    assert snapshot is not None
    assert known is not None
    assert (snapshot.declined, known.body) == ([bob], {"user_id": bob, "declined": True})
    assert "declined" not in room.events().events[-1].packet

    room.write(room.joining(bob), room.of_member(events.MemberLeft, bob, actor=bob))
    later = room.loaded().snapshot
    assert later is not None
    assert later.declined == []


def test_a_file_from_before_takes_its_memberships_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alice: str, bob: str
) -> None:
    before = SqliteStore(str(tmp_path / "messages.db"))
    Migrating(before.migrating._store, before.migrating._migrations[:3]).run()
    with before._db.writing() as db:
        db.execute(
            "INSERT INTO memberships (room_id, user_id, is_member, role) VALUES (?, ?, 0, 'reader')", ("room", bob)
        )
    before.close()
    store = SqliteStore(str(tmp_path / "messages.db"))
    store.migrate()
    with store._db.reading() as db:
        found = db.execute("SELECT user_id, role, declined, added_at FROM memberships").fetchall()
    assert found == [(bob, "reader", 0, None)]
    assert stopped(append(store, founding(store, alice, bob)[1])) == [None]
    store.close()
