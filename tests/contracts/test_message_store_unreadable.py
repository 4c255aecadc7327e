"""An unreadable event is the only one that is missing: all others of its room and of other rooms are told."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pymongo
import pytest

from chatflow.ids import new_id
from chatflow.protocol.objects import Mentions
from chatflow.wire.bus import NO_PACKET
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import ADAPTERS, opened, store_url

EVERYBODY = Mentions(all=True)


@pytest.fixture(params=ADAPTERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return store_url(request.param, folder=tmp_path, request=request)


def spoil_messages(url: str) -> None:
    """Let no message be read that says whom it mentions."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as db:
            db.execute("UPDATE messages SET mentions = 'no JSON' WHERE mentions IS NOT NULL")
        return
    with pymongo.MongoClient[dict[str, object]](url) as client:
        client.get_default_database().events.update_many(
            {"message.mentions": {"$exists": True, "$ne": None}}, {"$set": {"message.mentions": 7}}
        )


def packets_of(store: MessageStore, *rooms: RoomLog, tail: bool) -> list[list[bool]]:
    found = store.events({room.room_id: 0 for room in rooms}, limit=50, tail=tail)
    return [[event.packet != NO_PACKET for event in room.events] for room in found]


@pytest.mark.parametrize("tail", [False, True])
def test_of_a_message_that_cannot_be_read_the_log_says_that_it_was_and_that_it_was_edited(url: str, tail: bool) -> None:
    with opened(url) as store:
        bad, good = RoomLog(store, owner=new_id()), RoomLog(store, owner=new_id())
        for room in (bad, good):
            room.begin()
        message = bad.say(bad.owner, "all", mentions=EVERYBODY)
        bad.say(bad.owner, "between")
        bad.write(bad.edit(message, "all again", mentions=EVERYBODY))
        good.say(good.owner, "elsewhere")
        spoil_messages(url)

        assert packets_of(store, bad, good, tail=tail) == [[True, False, True, False], [True, True]]
