"""What clients send is read strictly, what they must not say is ignored, and events survive the wire as they are."""

from typing import get_args

import msgspec
import pytest

from chatflow.errors import Invalid
from chatflow.ids import created_room_id, direct_room_id, new_id
from chatflow.protocol.commands import MuteMember, SendMessage, read_request
from chatflow.protocol.events import Event, MemberMuted, MessageCreated
from chatflow.protocol.objects import Message, Room
from chatflow.protocol.queries import SyncRooms
from chatflow.wire.bus import packet_of

ROOM_ID = new_id()


def test_what_only_the_server_says_is_ignored() -> None:
    request = read_request(
        SendMessage, {"room_id": ROOM_ID, "cid": "1", "text": "hi", "seq": 9, "sender": "mallory", "type": "room:kick"}
    )

    assert request == SendMessage(room_id=ROOM_ID, cid="1", text="hi")


@pytest.mark.parametrize("cid", ["a\n", "\x01", "é", "😀" * 64])
def test_a_cid_is_any_other_string(cid: str) -> None:
    assert read_request(SendMessage, {"room_id": ROOM_ID, "cid": cid, "text": "hi"}).cid == cid


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        ({"room_id": ROOM_ID, "text": "hi"}, "cid"),
        ({"room_id": ROOM_ID, "cid": "", "text": "hi"}, "cid"),
        ({"room_id": ROOM_ID, "cid": "x" * 65, "text": "hi"}, "cid"),
        ({"room_id": ROOM_ID, "cid": "a\0b", "text": "hi"}, "cid"),
        ({"room_id": ROOM_ID, "cid": "a\n\0", "text": "hi"}, "cid"),
        ({"room_id": ROOM_ID, "cid": "1", "text": "x" * 8001}, "text"),
        ({"room_id": ROOM_ID, "cid": "1", "text": 7}, "text"),
        ({"room_id": "lobby", "cid": "1", "text": "hi"}, "room_id"),
        ({"room_id": ROOM_ID.upper(), "cid": "1", "text": "hi"}, "room_id"),
        ({"room_id": ROOM_ID, "cid": "1", "text": "hi", "attachments": ["x" * 36]}, "attachments"),
    ],
)
def test_a_bad_field_is_named(payload: dict[str, object], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        read_request(SendMessage, payload)


@pytest.mark.parametrize("payload", [None, 1, "x", [], [{}]])
def test_what_is_no_object_is_invalid(payload: object) -> None:
    with pytest.raises(Invalid):
        read_request(SendMessage, payload)


def test_muting_for_good_and_unmuting_are_told_apart() -> None:
    base = {"room_id": ROOM_ID, "user_id": new_id()}

    assert read_request(MuteMember, base).until is msgspec.UNSET
    assert read_request(MuteMember, {**base, "until": None}).until is None


def test_a_cursor_below_nothing_is_invalid() -> None:
    with pytest.raises(Invalid):
        read_request(SyncRooms, {"rooms": {ROOM_ID: -1}})


def test_the_same_people_meet_in_the_same_room() -> None:
    assert direct_room_id(["b", "a"]) == direct_room_id(["a", "b", "b"])
    assert created_room_id("a", "c:1") != created_room_id("b", "c:1")


def test_a_message_carries_every_field_of_the_protocol_also_where_it_is_empty() -> None:
    message = Message(id=new_id(), room_id=ROOM_ID, seq=1, n=1, cid="1", sender=new_id(), text="", at="")

    assert set(msgspec.to_builtins(message)) == {
        *("id", "room_id", "seq", "n", "cid", "sender", "text", "at", "edited_at", "deleted", "mentions"),
        *("attachments", "reply_to", "thread", "reactions", "previews"),
    }


def test_a_room_that_nobody_asked_for_has_no_personal_fields() -> None:
    room = Room(
        id=ROOM_ID,
        kind="channel",
        name="general",
        topic="",
        private=False,
        archived=False,
        member_count=1,
        head=1,
        n=0,
        retention_days=None,
        history="all",
    )

    assert set(msgspec.to_builtins(room)) == {
        *("id", "kind", "name", "topic", "private", "archived", "member_count", "head", "n"),
        *("retention_days", "history"),
    }


def test_an_unmute_says_null_and_not_nothing() -> None:
    event = MemberMuted(room_id=ROOM_ID, seq=3, n=1, actor=new_id(), at="", user_id=new_id(), until=None)

    assert '"until":null' in packet_of(event)


def test_the_packet_is_a_socketio_event_that_reads_back() -> None:
    message = Message(id=new_id(), room_id=ROOM_ID, seq=1, n=1, cid="1", sender=new_id(), text="안녕 \u2028", at="")
    event = MessageCreated(room_id=ROOM_ID, seq=1, n=1, actor=message.sender, at="", message=message)

    packet = packet_of(event)

    assert packet.startswith('42["event",')
    name, body = msgspec.json.decode(packet[2:].encode(), type=tuple[str, msgspec.Raw])
    assert name == "event"
    assert msgspec.json.decode(body, type=Event) == event


def test_every_event_type_has_its_own_tag() -> None:
    tags = [kind.__struct_config__.tag for kind in get_args(Event)]

    assert len(tags) == len(set(tags))
