"""A message that is text alone is shown as any other is, by way of its record or not."""

import sqlite3
from contextlib import closing

import pytest

from chatflow.ids import new_id
from message_service.log.folding import public_message
from message_service.log.records import RoomRecord
from message_service.stores.sqlite.documents import NOTHING_MORE, Row, message_of_row
from message_service.stores.sqlite.forms import short_id
from message_service.stores.sqlite.history import show

ROOM = RoomRecord("r", "group", None, "", True, False, None, "all", None, 1, 9, 9, "", trimmed_n=4)


def row(n: int, *, deleted: int) -> Row:
    ids = [bytes(short_id(new_id()) or b"") for _ in range(3)]  # type: ignore[arg-type]
    return (ROOM.id, n, ids[0], n + 1, ids[1], ids[2], 1_795_000_000_123, "hello", deleted, *NOTHING_MORE)


@pytest.mark.parametrize(("n", "deleted", "is_gone"), [(5, 0, False), (5, 1, True), (4, 0, True)])
def test_text_alone_is_shown_as_its_record_says(n: int, deleted: int, is_gone: bool) -> None:
    stored = row(n, deleted=deleted)

    with closing(sqlite3.connect(":memory:")) as db:
        [shown] = show(db, ROOM, [stored], viewer=None)

    assert shown.deleted is is_gone
    assert shown == public_message(message_of_row(stored), trimmed_n=ROOM.trimmed_n, reactions=[])
