"""A position is set back beside what others write: what the person says meanwhile is theirs, before it and after it."""

from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.wire.reads import ReadMark
from message_service.stores.mongodb import read_positions
from message_service.stores.mongodb.people import standings_of
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog


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
