"""A position is set back at a cost that no long history raises: all others wait to write meanwhile."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.wire.reads import ReadMark
from message_service.log.positions import OWN_AMONG
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog

# For lookups in a tree that is deeper.
STEPS_MORE_AT_MOST = 100


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many instructions SQLite has executed so far, on all connections."""
    count, connect = [0], sqlite3.connect

    def note() -> int:
        count[0] += 1
        return 0

    def connect_counted(*args: object, **options: object) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*args, **options)  # type: ignore[call-overload]
        db.set_progress_handler(note, 1)
        return db

    monkeypatch.setattr(sqlite3, "connect", connect_counted)
    return lambda: count[0]


def test_setting_a_position_back_costs_no_more_in_a_longer_history(tmp_path: Path, steps: Callable[[], int]) -> None:
    alice, bob = new_id(), new_id()
    with closing(SqliteStore(str(tmp_path / "messages.db"))) as store:
        store.migrate()
        room = RoomLog(store, owner=alice)
        room.begin(bob)

        def set_back_after(messages: int) -> int:
            room.write(*(room.message(bob, "mine") for _ in range(messages)))
            before = steps()
            store.mark_read([ReadMark(bob, room.room_id, 0, sets=True)])
            return steps() - before

        # The position itself goes to the end with each of the person's own messages.
        short, long = [set_back_after(OWN_AMONG) for _ in range(2)]
        assert room.counts(bob) == (OWN_AMONG, 0)

    assert short > OWN_AMONG
    assert long - short <= STEPS_MORE_AT_MOST
