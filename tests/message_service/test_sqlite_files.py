"""What the SQLite store leaves in its files."""

from pathlib import Path

from chatflow.ids import new_id
from chatflow.protocol import events
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


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """Nothing short of pulling the plug would show it, so the setting itself is looked at."""
    with opened(f"sqlite:///{tmp_path}/messages.db") as store, store._db.writing() as db:  # type: ignore[attr-defined]
        settings = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")]

    assert settings == [2, "wal"]
