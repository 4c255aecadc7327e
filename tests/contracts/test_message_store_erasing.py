"""Deleted text is nowhere in the store: checked in MongoDB's documents and in SQLite's files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Preview
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened, store_url

Database = pymongo.database.Database[dict[str, Any]]


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return store_url("mongodb", folder=tmp_path, request=request)


@pytest.fixture
def room(url: str) -> Iterator[RoomLog]:
    with opened(url) as store:
        room = RoomLog(store, owner=new_id())
        room.begin()
        yield room


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        yield client.get_default_database()


def test_a_deletion_leaves_neither_texts_nor_reactions(room: RoomLog, database: Database) -> None:
    message = room.say(room.owner, "secret-words")
    room.write(
        room.edit(message, "secret-words, again"), room.about(events.ReactionAdded, room.owner, message, emoji="a")
    )
    assert "secret-words" in str(list(database.events.find()))
    assert database.reactions.count_documents({}) == 1
    room.write(room.about(events.MessageDeleted, room.owner, message))

    assert "secret-words" not in str(list(database.events.find()))
    assert database.reactions.count_documents({}) == 0


def test_retention_takes_previews_along(room: RoomLog, database: Database) -> None:
    message = room.say(room.owner, "look")
    preview = Preview("https://a.example", "A")
    room.write(room.about(events.PreviewAdded, "system", message, preview=preview))
    room.write(room.trim(message.n))

    [stored] = database.events.find({"message.id": message.id})
    assert stored["message"]["previews"] == []
