"""What the SQLite store leaves in its files."""

import shutil
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Attachment, Preview
from message_service.stores.sqlite.database import SqliteConnections
from tests.chatflow.supervisor.run import wait_until
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened


def test_a_deleted_text_is_in_no_file_any_more(tmp_path: Path) -> None:
    alice = new_id()
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        room = RoomLog(store, owner=alice)
        room.begin()
        kept, message = room.say(alice, "kept-words"), room.say(alice, "secret-words " * 600)
        room.write(room.edit(message, "secret-words: " * 500))
        room.write(room.about(events.MessageDeleted, alice, message))

    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert kept.text.encode() in files
    assert b"secret-words" not in files


def test_what_was_added_to_a_message_goes_with_it_by_retention(tmp_path: Path) -> None:
    alice = new_id()
    picture = Attachment(id=new_id(), name="secret-picture", type="image/png", size=1)
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        room = RoomLog(store, owner=alice)
        room.begin()
        message = room.say(alice, "look", attachments=[picture])
        preview = Preview("https://a.example", "A")
        room.write(room.about(events.PreviewAdded, "system", message, preview=preview))
        assert "secret-picture" in in_files(tmp_path)
        room.write(room.trim(message.n))
        with store._db.reading() as db:  # type: ignore[attr-defined]
            assert db.execute("SELECT previews FROM messages").fetchall() == [(None,)]

    assert "secret-picture" not in in_files(tmp_path)


def test_a_deleted_text_is_soon_in_no_file_also_while_the_store_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("message_service.stores.sqlite.scrubbing.SCRUB_SECONDS", 0.05)
    emptied: list[bool] = []
    empty_log = SqliteConnections.empty_log

    def empty_and_tell(connections: SqliteConnections) -> bool:
        emptied.append(empty_log(connections))
        return emptied[-1]

    monkeypatch.setattr(SqliteConnections, "empty_log", empty_and_tell)
    alice = new_id()
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        room = RoomLog(store, owner=alice)
        room.begin()
        first, deleted, last = [room.say(alice, f"{name}-words") for name in ("first", "deleted", "last")]
        assert "deleted-words" in in_files(tmp_path)
        room.write(room.about(events.MessageDeleted, alice, deleted))
        wait_until(lambda: "deleted-words" not in in_files(tmp_path))
        # Whoever reads for long keeps it waiting, and takes no harm.
        with store._db.reading() as db:  # type: ignore[attr-defined]
            assert db.execute("SELECT count(*) FROM messages").fetchone() == (3,)
            room.write(room.trim(first.n))
            wait_until(lambda: False in emptied)
            assert "first-words" in in_files(tmp_path)
        wait_until(lambda: "first-words" not in in_files(tmp_path))
        assert last.text in in_files(tmp_path)


def test_what_a_process_that_died_had_deleted_is_scrubbed_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    living, dead = tmp_path / "living", tmp_path / "dead"
    living.mkdir()
    with opened(f"sqlite:///{living}/messages.db") as store:
        room = RoomLog(store, owner=new_id())
        room.begin()
        message = room.say(room.owner, "secret-words")
        room.write(room.about(events.MessageDeleted, room.owner, message))
        # What a kill at this moment leaves.
        shutil.copytree(living, dead)
    assert "secret-words" in in_files(dead)
    monkeypatch.setattr("message_service.stores.sqlite.scrubbing.SCRUB_SECONDS", 0.05)

    with opened(f"sqlite:///{dead}/messages.db"):
        wait_until(lambda: "secret-words" not in in_files(dead))


def test_a_text_that_was_edited_away_is_soon_in_no_file_while_the_store_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("message_service.stores.sqlite.scrubbing.SCRUB_SECONDS", 0.05)
    alice = new_id()
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        room = RoomLog(store, owner=alice)
        room.begin()
        # The files are scrubbed after every start, too.
        wait_until(lambda: not (tmp_path / "messages.db-wal").stat().st_size)
        message = room.say(alice, "slip-of-the-tongue " * 300)
        assert "slip-of-the-tongue" in in_files(tmp_path)
        room.write(room.edit(message, "better-words"))
        wait_until(lambda: "slip-of-the-tongue" not in in_files(tmp_path))
        assert "better-words" in in_files(tmp_path)


def in_files(folder: Path) -> str:
    return b"".join(path.read_bytes() for path in folder.iterdir()).decode(errors="replace")


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """Nothing short of pulling the plug would show it, so the setting itself is looked at."""
    with opened(f"sqlite:///{tmp_path}/messages.db") as store, store._db.writing() as db:  # type: ignore[attr-defined]
        settings = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]

    assert settings == [2, "wal"]
