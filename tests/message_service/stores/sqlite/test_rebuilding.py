"""The step that writes the file of a store anew: the old file is kept, and nothing that stops it half way is in use."""

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import prometheus_client
import pytest
import structlog

from chatflow.ids import new_id
from chatflow.process.settings import SettingsError
from chatflow.supervisor.start_deadline import STILL_STARTING
from message_service.stores.port import MessageStore, Span
from message_service.stores.sqlite import rebuilding
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened
from tests.contracts.older_stores import write_first_store

ALICE = "00000000-0000-7000-8000-00000000000a"
ROOM = "00000000-0000-7000-8000-000000000001"


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file as the first version left it."""
    path = tmp_path / "messages.db"
    write_first_store(url_of(path))
    return path


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def content(path: Path) -> list[str]:
    """Return all that stands in a file, but for the record of steps, which a start begins with."""
    with closing(sqlite3.connect(path)) as db:
        version = db.execute("PRAGMA user_version").fetchone()
        return [str(version), *(line for line in db.iterdump() if "migrations" not in line)]


def told(store: MessageStore) -> list[Any]:
    """Return what the store tells of its only room, whatever its file is like."""
    people = store.members(ROOM, after="", limit=100)
    page = store.messages(ROOM, Span(limit=50), viewer=ALICE)
    rows = store.rows([(member.user_id, ROOM) for member in people[1]])
    return [store.room(ROOM), people, page, rows, store.events({ROOM: 0}, limit=200, tail=False)]


def told_by(path: Path) -> list[Any]:
    with opened(url_of(path)) as store:
        return told(store)


@pytest.fixture
def expected(path: Path, tmp_path: Path) -> list[Any]:
    """What is told of the store after an undisturbed step."""
    other = tmp_path / "undisturbed" / "messages.db"
    other.parent.mkdir()
    shutil.copyfile(path, other)
    return told_by(other)


def test_the_old_file_is_kept_as_it_was(path: Path) -> None:
    before = content(path)

    with opened(url_of(path)) as store:
        room = RoomLog(store, owner=ALICE, room_id=ROOM)
        room.head, room.n, room.minute = 84, 4, 300
        room.say(ALICE, "after it", op=new_id())

    kept = path.with_name("messages.db.before-compact")
    assert content(kept) == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["messages.db", "messages.db.before-compact"]
    with closing(sqlite3.connect(kept)) as db:
        assert db.execute("SELECT * FROM migrations").fetchall() == []


def test_whoever_goes_back_to_the_kept_file_keeps_a_second_one_at_the_next_upgrade(
    path: Path, expected: list[Any]
) -> None:
    told_by(path)
    kept = path.with_name("messages.db.before-compact")
    shutil.copyfile(kept, path)

    assert told_by(path) == expected
    assert path.with_name("messages.db.before-compact.2").exists()


class Stopping:
    """Ends the program, as far as the file can tell, behind so many statements of the copy."""

    def __init__(self, statements: int) -> None:
        self._left = statements

    def connect(self, *args: Any, **more: Any) -> sqlite3.Connection:
        stopping = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
                if stopping.is_over(self):
                    raise InterruptedError("killed here")
                return super().execute(sql, *parameters)

        return CONNECT(*args, factory=Connection, **more)

    def is_over(self, _: sqlite3.Connection) -> bool:
        self._left -= 1
        return self._left < 0


CONNECT = sqlite3.connect


@pytest.mark.parametrize("statements", range(0, 130, 6))
def test_what_is_stopped_anywhere_is_done_again_at_the_next_start(
    path: Path, expected: list[Any], statements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(path)
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", Stopping(statements).connect)
        # Nobody tidies up behind a process that was killed.
        patch.setattr(rebuilding, "remove", lambda _: None)
        with suppress(InterruptedError), opened(url_of(path)):
            pass
    assert content(path) == before

    assert told_by(path) == expected
    assert not path.with_name("messages.db.new").exists()


@pytest.mark.parametrize("name", ["sync", "keep"])
def test_what_is_stopped_before_the_new_file_has_its_name_changes_nothing(
    path: Path, expected: list[Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(path)

    def stop(*_: object) -> None:
        raise InterruptedError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(rebuilding, name, stop)
        with pytest.raises(InterruptedError), opened(url_of(path)):
            pass
    assert content(path) == before
    assert told_by(path) == expected


def test_a_kill_between_the_two_names_leaves_one_kept_file(
    path: Path, expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise InterruptedError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stop)
        with pytest.raises(InterruptedError), opened(url_of(path)):
            pass

    assert told_by(path) == expected
    assert [one.name for one in path.parent.glob("messages.db.*")] == ["messages.db.before-compact"]


def test_without_room_for_both_files_nothing_is_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(path)
    free = path.stat().st_size - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10 * free, 9 * free, free))

    with pytest.raises(SettingsError, match=f"free space, and there are {free}; make room"), opened(url_of(path)):
        pass
    assert content(path) == before


def test_without_hard_links_nothing_is_begun(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    before = content(path)
    monkeypatch.setattr(os, "link", refuse)

    with pytest.raises(SettingsError, match="has no hard links"), opened(url_of(path)):
        pass
    assert content(path) == before
    assert list(path.parent.glob("messages.db.*")) == []


def test_a_disk_that_fills_up_leaves_the_old_file_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    before = content(path)
    monkeypatch.setattr(rebuilding, "has_all", fill_up)

    with pytest.raises(SettingsError, match="disk is full"), opened(url_of(path)):
        pass
    assert content(path) == before
    assert list(path.parent.glob("messages.db.*")) == []


def test_while_an_older_process_has_the_file_open_nothing_is_begun(path: Path) -> None:
    with closing(sqlite3.connect(path)) as older:
        older.execute("PRAGMA journal_mode = WAL")
        older.execute("SELECT count(*) FROM rooms").fetchone()
        with pytest.raises(SettingsError, match="another process has the store open"), opened(url_of(path)):
            pass
        assert older.execute("SELECT count(*) FROM events").fetchone() == (86,)


def test_a_log_with_a_gap_is_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM events WHERE seq = 7")
    before = content(path)

    with pytest.raises(SettingsError, match="do not have all the events"), opened(url_of(path)):
        pass
    assert content(path) == before


def test_how_far_it_is_stands_in_the_log_and_in_a_metric(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "TELL_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(rebuilding, "INSTRUCTIONS_PER_CALL", 100)
    with structlog.testing.capture_logs() as logs, opened(url_of(path)):
        pass

    lines = [line for line in logs if "written anew" in line["event"]]
    steps = [line for line in lines if "messages" in line]
    assert steps[-1]["messages"] == 5
    # It is said in the middle of a statement too: one room may be all there is.
    assert [line["messages"] for line in steps[:3]] == [0, 0, 0]
    # Whoever started the process waits for as long as it says so.
    assert all(STILL_STARTING in line["event"] for line in steps)
    assert re.search(r"before-compact$", lines[-1]["kept"])
    progress = prometheus_client.REGISTRY.get_sample_value
    assert progress("chatflow_migration_progress", {"migration": "compact"}) == 1.0
