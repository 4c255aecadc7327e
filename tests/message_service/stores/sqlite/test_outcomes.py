"""Whether something was not done or may have been done: what the SQLite store says of a commit that failed."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chatflow.errors import TimedOut, Unavailable
from chatflow.ids import new_id
from message_service.stores.sqlite.store import SqliteStore
from tests.chatflow.supervisor.run import wait_until
from tests.contracts.message_store_log import RoomLog, in_time
from tests.contracts.message_store_profiles import opened

# Enough for a thread to begin to wait, and far below any deadline here.
WHILE_SECONDS = 0.3


class FailingDisk:
    """What becomes of the next commits: each says whether it is done, and the error that it ends with."""

    def __init__(self) -> None:
        self.commits: list[tuple[bool, str]] = []
        # So many times it cannot be undone, either.
        self.rollbacks = 0
        self.statements: list[str] = []

    def connect(self, *args: Any, **more: Any) -> sqlite3.Connection:
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
                disk.statements.append(sql)
                if sql == "COMMIT" and disk.commits:
                    is_done, name = disk.commits.pop(0)
                    if is_done:
                        super().execute(sql)
                    error = sqlite3.OperationalError("the disk fails")
                    error.sqlite_errorname = name
                    raise error
                if sql == "ROLLBACK" and disk.rollbacks:
                    disk.rollbacks -= 1
                    raise sqlite3.OperationalError("the disk fails")
                return super().execute(sql, *parameters)

        return CONNECT(*args, factory=Connection, **more)


CONNECT: Callable[..., sqlite3.Connection] = sqlite3.connect


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    disk = FailingDisk()
    monkeypatch.setattr(sqlite3, "connect", disk.connect)
    return disk


@pytest.fixture
def store(disk: FailingDisk, tmp_path: Path) -> Iterator[Any]:
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        yield store


@pytest.fixture
def room(store: SqliteStore) -> RoomLog:
    room = RoomLog(store, owner=new_id())
    room.begin()
    return room


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_BUSY"])
def test_a_commit_that_found_no_place_was_not_done(room: RoomLog, disk: FailingDisk, name: str) -> None:
    run = room.run(room.message(room.owner, "one"))
    disk.commits = [(False, name)]

    with pytest.raises(Unavailable):
        room.store.append([run], deadline=in_time())

    assert room.loaded().head == 1
    assert room.store.append([run], deadline=in_time())[0].applied == 1
    assert room.loaded().head == 2


def test_what_cannot_be_undone_costs_the_connection_and_not_the_next_append(room: RoomLog, disk: FailingDisk) -> None:
    run = room.run(room.message(room.owner, "one"))
    disk.commits, disk.rollbacks = [(False, "SQLITE_FULL")], 1

    with pytest.raises(Unavailable):
        room.store.append([run], deadline=in_time())

    assert room.loaded().head == 1
    assert room.store.append([run], deadline=in_time())[0].applied == 1
    assert room.loaded().head == 2


@pytest.mark.parametrize(("is_done", "head"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("name", ["SQLITE_IOERR_FSYNC", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT"])
def test_a_commit_that_the_disk_failed_may_have_been_done(
    room: RoomLog, disk: FailingDisk, name: str, is_done: bool, head: int
) -> None:
    run = room.run(room.message(room.owner, "one"))
    disk.commits = [(is_done, name)]

    with pytest.raises(TimedOut):
        room.store.append([run], deadline=in_time())

    assert room.loaded().head == head
    assert room.store.append([run], deadline=in_time())[0].applied == 1
    assert room.loaded().head == 2


def test_what_fails_before_the_commit_was_not_done(room: RoomLog) -> None:
    with pytest.raises(Unavailable):
        erase_half(room.store)

    assert room.loaded().head == 1
    assert len(room.events().events) == 1
    room.say(room.owner, "on it goes")


def erase_half(store: Any) -> None:
    with store._db.writing() as db:
        db.execute("DELETE FROM events")
        raise sqlite3.OperationalError("the disk fails")


def test_an_append_waits_for_its_turn_until_its_deadline(room: RoomLog) -> None:
    run = room.run(room.message(room.owner, "one"))
    with ThreadPoolExecutor(1) as other, room.store._db.writing():  # type: ignore[attr-defined]
        begun = time.monotonic()
        appended = other.submit(room.store.append, [run], deadline=time.time() + WHILE_SECONDS)
        with pytest.raises(Unavailable, match="deadline"):
            appended.result(10)
        waited = time.monotonic() - begun

    # The clock of deadlines and the one that measures here may differ a little.
    assert waited > 0.5 * WHILE_SECONDS
    assert room.loaded().head == 1


def test_an_append_whose_turn_comes_in_time_is_done(room: RoomLog) -> None:
    run = room.run(room.message(room.owner, "one"))
    waiting = threading.Event()

    def append() -> int:
        waiting.set()
        return room.store.append([run], deadline=in_time())[0].applied

    with ThreadPoolExecutor(1) as other:
        with room.store._db.writing():  # type: ignore[attr-defined]
            appended = other.submit(append)
            assert waiting.wait(5)
            with pytest.raises(TimeoutError):
                appended.result(WHILE_SECONDS)
        assert appended.result(10) == 1


def test_what_is_deleted_while_the_log_is_emptied_has_it_emptied_once_more(
    disk: FailingDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("message_service.stores.sqlite.scrubbing.SCRUB_SECONDS", 0.05)
    with opened(f"sqlite:///{tmp_path}/messages.db") as opened_store:
        store: Any = opened_store
        # As after every start.
        wait_until(lambda: disk.statements.count("PRAGMA wal_checkpoint(TRUNCATE)") == 1)
        with store._db.writing():
            store._scrubbing.soon()
            wait_until(lambda: disk.statements.count("PRAGMA wal_checkpoint(PASSIVE)") == 2)
            store._scrubbing.soon()

        wait_until(lambda: disk.statements.count("PRAGMA wal_checkpoint(TRUNCATE)") == 3)


def test_an_append_at_the_head_looks_for_nothing_in_its_free_slots(room: RoomLog, disk: FailingDisk) -> None:
    disk.statements.clear()
    room.say(room.owner, "one")
    assert not any("e.seq, coalesce(e.id, m.id) FROM rooms" in statement for statement in disk.statements)

    stranger = RoomLog(room.store, owner=room.owner, room_id=room.room_id)
    stranger.head = 1
    assert stranger.append(stranger.message(room.owner, "too late")).stopped_by == "head"
    assert any("e.seq, coalesce(e.id, m.id) FROM rooms" in statement for statement in disk.statements)
