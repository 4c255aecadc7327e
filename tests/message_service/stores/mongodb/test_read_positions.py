"""A position is set back beside what others write: what the person says meanwhile is theirs, before it and after it."""

from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.wire.reads import ReadMark
from message_service.log.positions import OWN_AMONG
from message_service.stores.mongodb import read_positions
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog
from tests.message_service.stores.mongodb.commands import heard_of


@pytest.mark.parametrize("is_before", [True, False])
def test_what_one_says_while_a_position_is_set_back_stays_read(
    store: MongodbStore, monkeypatch: pytest.MonkeyPatch, is_before: bool
) -> None:
    alice, bob = new_id(), new_id()
    room = RoomLog(store, owner=alice)
    room.begin(bob)
    one, _ = room.say(alice, "1"), room.say(alice, "2")
    saying = iter(["mine"])

    def read_and_say(*asked: Any) -> Any:
        before = standings_of(*asked)
        for text in saying:
            room.say(bob, text)
        return standings_of(*asked) if is_before else before

    monkeypatch.setattr(read_positions, "standings_of", read_and_say)
    [position] = store.mark_read([ReadMark(bob, room.room_id, one.seq, sets=True)])

    assert position.seq == one.seq
    assert room.counts(bob) == (1, 0)


def test_a_position_is_set_back_by_a_look_at_so_many_messages_at_most(store: MongodbStore, database_url: str) -> None:
    alice, bob = new_id(), new_id()
    room = RoomLog(store, owner=alice)
    room.begin(bob)
    room.say(bob, "1")
    # As if all those in between were there.
    room.n = 1_000 * OWN_AMONG
    room.say(bob, "mine")

    with heard_of(database_url) as heard:
        store.mark_read([ReadMark(bob, room.room_id, 0, sets=True)])

    matches = [command.body["pipeline"][0]["$match"] for command in heard if command.name == "aggregate"]
    spans = [found["message_n"]["$lte"] - found["message_n"]["$gt"] for found in matches if "message_n" in found]
    assert spans == [OWN_AMONG]
    assert room.row(bob).room.unread == room.n - 1
