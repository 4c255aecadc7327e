"""A message that addresses nobody is looked at where a member has keywords, and nowhere else."""

import pytest

from chat_service.deciding.rules.owed_consumers import consumers_of
from chat_service.deciding.shared_map import SharedMap
from chat_service.deciding.state import RoomState
from chat_service.deciding.watched_rooms import WatchedRooms
from chatflow.protocol.events import MessageCreated, MessagePinned
from chatflow.protocol.objects import Mentions, Message, Target
from chatflow.wire.log import MemberState
from chatflow.wire.outbox import ALERTS

AT = "2026-11-28T10:00:00.000Z"
MEMBERS = SharedMap((user_id, MemberState(user_id, "member", 1, None)) for user_id in ("alice", "bob"))
ROOM = RoomState(room_id="room", head=1, members=MEMBERS)


def said(text: str) -> MessageCreated:
    message = Message(id="m2", room_id="room", seq=2, n=1, cid="1", sender="alice", text=text, at=AT)
    return MessageCreated(room_id="room", seq=2, n=1, actor="alice", at=AT, message=message)


@pytest.mark.parametrize(
    ("watching", "owed_to"),
    [
        ({"bob"}, [ALERTS]),
        ({"carol"}, []),
        ({"carol", "dave", "eve"}, []),
        ({"carol", "dave", "bob"}, [ALERTS]),
        (set[str](), []),
    ],
)
def test_a_message_is_owed_where_a_member_watches(watching: set[str], owed_to: list[str]) -> None:
    assert consumers_of(ROOM, said("plain"), watched=WatchedRooms(lambda: frozenset(watching))) == owed_to


def test_what_has_no_text_holds_no_keyword() -> None:
    watched = WatchedRooms(lambda: frozenset({"bob"}))
    pinned = MessagePinned(
        room_id="room", seq=2, n=1, actor="alice", at=AT, id="m1", target=Target(1, 1, "alice", Mentions())
    )

    assert consumers_of(ROOM, said(""), watched=watched) == []
    assert consumers_of(ROOM, pinned, watched=watched) == []
