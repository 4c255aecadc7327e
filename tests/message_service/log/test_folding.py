"""The pure fold of a message: an event that it contains already changes nothing, whoever brings it again."""

from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.events import MessageCreated
from message_service.log.folding import AboutMessage, created_record, fold_message
from tests.contracts.message_store_log import RoomWriter, message_of


@pytest.mark.parametrize(
    ("kind", "fields", "is_put"),
    [
        (events.ReactionAdded, {"emoji": "x"}, False),
        (events.ReactionRemoved, {"emoji": "x"}, True),
        (events.MessagePinned, {}, False),
        (events.MessageDeleted, {}, False),
    ],
)
def test_an_event_that_comes_again_changes_nothing(kind: Any, fields: dict[str, str], is_put: bool) -> None:
    nowhere: Any = None
    room = RoomWriter(nowhere, owner=new_id())
    said = room.message(room.owner, "hi")
    put = room.about(events.ReactionAdded, new_id(), message_of(said), emoji="x").event
    event: AboutMessage = room.about(kind, room.owner, message_of(said), **fields).event  # type: ignore[assignment]
    assert isinstance(said.event, MessageCreated)
    assert isinstance(put, events.ReactionAdded)
    record = fold_message(created_record(said.event), put)

    once = fold_message(record, event, is_put=is_put)

    assert once != record
    assert fold_message(once, event, is_put=is_put) == once
    assert fold_message(once, put) == once
