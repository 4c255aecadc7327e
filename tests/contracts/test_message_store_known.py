"""What a store tells a worker of an op that made an event before: its first result, and what it said."""

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Attachment
from chatflow.wire.log import Known
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog, message_of

PICTURE = Attachment(id="file-1", name="a.png", type="image/png", size=10, width=1)


def known(room: RoomLog, actor: str, op: str) -> Known:
    assert room.known(actor, "c:unknown") is None
    found = room.known(actor, op)
    assert found is not None
    return found


def test_a_known_message_says_what_it_said_until_it_is_edited(room: RoomLog, alice: str) -> None:
    root = room.say(alice, "root")
    said = room.message(alice, "hi", op="c:1", reply_to=root.id, thread=root.id, attachments=[PICTURE])
    room.write(said)

    first = known(room, alice, "c:1")
    assert first == Known(
        op="c:1",
        type="message.created",
        id=said.id,
        seq=3,
        n=2,
        at=said.event.at,
        body={"text": "hi", "reply_to": root.id, "thread": root.id, "attachments": ["file-1"]},
    )

    room.write(room.edit(message_of(said), "ho", op="c:2"))
    assert known(room, alice, "c:1").body is None
    assert known(room, alice, "c:2").body == {"id": said.id, "text": "ho"}

    room.write(room.about(events.MessageDeleted, alice, message_of(said)))
    assert (known(room, alice, "c:1").body, known(room, alice, "c:2").body) == (None, None)


@pytest.mark.parametrize(
    "cid", ["\x01", "\n", '"', "\\", "\\u0000", "%", "$.x", "é", "e\u0301", "\uffff", "😀" * 64, " ", "null", "[]"]
)
def test_whatever_a_client_calls_its_command_it_is_found_again_and_is_no_other(
    room: RoomLog, alice: str, cid: str
) -> None:
    op = f"c:{cid}"
    said, other = room.message(alice, "hi", op=op), room.message(alice, "ho", op=f"{op}.")
    room.write(said, other)

    assert known(room, alice, op).id == said.id
    again = room.append(room.message(alice, "hi", op=op))
    assert again.known is not None
    assert (again.applied, again.stopped_by, again.known.id) == (0, "op", said.id)


def test_a_known_event_says_what_its_command_fixed(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    message = room.say(alice, "hi")
    invite_id = new_id()
    said = [
        (room.about(events.ReactionAdded, alice, message, emoji="x"), {"id": message.id, "emoji": "x"}),
        (room.about(events.MessagePinned, alice, message), {"id": message.id}),
        (
            room.joining(carol, actor=alice, role="reader"),
            {"user_id": carol, "role": "reader", "invite_id": None},
        ),
        (room.of_member(events.MemberRole, bob, role="moderator"), {"user_id": bob, "role": "moderator"}),
        (room.of_member(events.MemberMuted, bob, until=None), {"user_id": bob, "until": None}),
        (room.of_member(events.MemberKicked, carol), {"user_id": carol}),
        (room.update(topic="t"), {"topic": "t"}),
        (
            room.entry(
                events.InviteCreated(**room.common(alice), invite_id=invite_id, role="member", uses=3), secret_hash="h"
            ),
            {"role": "member", "uses": 3, "until": None},
        ),
        (
            room.entry(events.InviteRevoked(**room.common(alice), invite_id=invite_id)),
            {"invite_id": invite_id},
        ),
        (room.about(events.MessageDeleted, alice, message), {"id": message.id}),
    ]
    room.write(*(entry for entry, _ in said))

    found = [known(room, entry.event.actor, entry.op) for entry, _ in said]

    assert [(one.type, one.id, one.body) for one in found] == [
        (entry.event.type, entry.id, body) for entry, body in said
    ]


def test_a_known_creation_says_what_was_created(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    created = room.creation(bob, topic="t")
    room.write(created)

    assert known(room, alice, created.op).body == {
        "kind": "channel",
        "name": "general",
        "topic": "t",
        "description": "",
        "private": False,
        "retention_days": None,
        "history": "all",
        "members": [alice, bob],
    }
