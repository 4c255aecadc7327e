"""What may be said, changed, taken back and marked, and whom it addresses."""

import pytest

from chatflow.ids import direct_room_id, new_id
from chatflow.protocol.commands import (
    AddReaction,
    ChangeRole,
    DeleteMessage,
    EditMessage,
    JoinRoom,
    KickMember,
    LeaveRoom,
    PinMessage,
    RemoveReaction,
    SendMessage,
    UnpinMessage,
    UpdateRoom,
)
from chatflow.protocol.objects import Attachment
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.rooms import EDIT_WINDOW_SECONDS, PureRoom, channel, direct


def test_a_message_has_its_place_in_the_log_and_among_the_messages() -> None:
    room = channel(BOB)
    event = room.do(BOB, saying(room.room_id, "first", cid="my own id"))
    message = event["message"]
    assert (event["seq"], event["n"], message["seq"], message["n"]) == (3, 1, 3, 1)
    assert (message["cid"], message["sender"], message["at"]) == ("my own id", BOB, event["at"])


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b", "\u2060\ufeff", "\u2800"])
def test_an_empty_message_is_invalid(text: str) -> None:
    room = channel()
    assert room.refuse(ALICE, saying(room.room_id, text)) == "invalid"


def test_a_picture_needs_no_words_but_must_be_ones_own() -> None:
    room = channel()
    picture = Attachment(id=new_id(), name="cat.png", type="image/png", size=1)
    command = SendMessage(room_id=room.room_id, cid="1", text="", attachments=[picture.id])
    assert room.refuse(ALICE, command) == "invalid"
    room.files = {picture.id: picture}
    assert room.do(ALICE, command)["message"]["attachments"][0]["name"] == "cat.png"


def test_text_is_kept_in_normal_form() -> None:
    room = channel()
    event = room.do(ALICE, saying(room.room_id, "\u1112\u116c\u110b\u1174"))
    assert event["message"]["text"] == "회의"


def test_lines_end_in_one_way() -> None:
    room = channel()
    event = room.do(ALICE, saying(room.room_id, "one\r\n\ttwo\rthree\n"))
    assert event["message"]["text"] == "one\n\ttwo\nthree\n"


@pytest.mark.parametrize("control", ["\0", "\x1b", "\x08", "\x7f", "\x85", "\x9b"])
def test_no_text_holds_what_a_terminal_would_obey(control: str) -> None:
    room = channel()
    assert room.refuse(ALICE, saying(room.room_id, f"a{control}b")) == "invalid"
    message_id = room.say(ALICE)
    assert room.refuse(ALICE, EditMessage(room_id=room.room_id, id=message_id, text=f"a{control}b")) == "invalid"


def test_text_in_both_directions_is_kept_as_it_is() -> None:
    room = channel()
    text = "\u200f\u05e9\u05dc\u05d5\u05dd\u200f, \u2067\u0645\u0631\u062d\u0628\u0627\u2069 👩\u200d🚀"
    assert room.do(ALICE, saying(room.room_id, text))["message"]["text"] == text


def test_readers_read() -> None:
    room = channel(BOB)
    message_id = room.say(ALICE)
    room.do(ALICE, ChangeRole(room_id=room.room_id, user_id=BOB, role="reader"))
    assert room.refuse(BOB, saying(room.room_id)) == "forbidden"
    assert room.refuse(BOB, AddReaction(room_id=room.room_id, id=message_id, emoji="👍")) == "forbidden"
    assert room.refuse(BOB, PinMessage(room_id=room.room_id, id=message_id)) == "forbidden"


def test_an_archived_room_is_only_read_and_can_be_left_and_moderated() -> None:
    room = channel(BOB, CAROL)
    message_id = room.say(BOB)
    room.do(ALICE, UpdateRoom(room_id=room.room_id, archived=True))
    assert room.refuse(ALICE, saying(room.room_id)) == "archived"
    assert room.refuse(BOB, EditMessage(room_id=room.room_id, id=message_id, text="new")) == "archived"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, name="new")) == "archived"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, private=True)) == "archived"
    assert room.refuse("stranger", JoinRoom(room_id=room.room_id)) == "archived"
    room.do(BOB, DeleteMessage(room_id=room.room_id, id=message_id))
    room.do(ALICE, KickMember(room_id=room.room_id, user_id=BOB))
    room.do(CAROL, LeaveRoom(room_id=room.room_id))
    room.do(ALICE, UpdateRoom(room_id=room.room_id, archived=False))
    assert room.say(ALICE)


def test_a_room_is_archived_and_brought_back_together_with_other_changes() -> None:
    room = channel()
    archived = room.do(ALICE, UpdateRoom(room_id=room.room_id, archived=True, name="old", retention_days=30))
    assert archived["changes"] == {"archived": True, "name": "old", "retention_days": 30}
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, archived=True, retention_days=1)) == "archived"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, archived=True, topic="dust")) == "archived"
    assert room.changes_nothing(ALICE, UpdateRoom(room_id=room.room_id, archived=True))
    back = room.do(ALICE, UpdateRoom(room_id=room.room_id, archived=False, name="new", retention_days=None))
    assert back["changes"] == {"archived": False, "name": "new", "retention_days": None}


def test_an_answer_is_to_a_message_of_this_room() -> None:
    room = channel(BOB)
    message_id = room.say(ALICE)
    assert room.do(BOB, saying(room.room_id, reply_to=message_id))["message"]["reply_to"] == message_id
    assert room.refuse(BOB, saying(room.room_id, reply_to=new_id())) == "not_found"
    room.do(ALICE, DeleteMessage(room_id=room.room_id, id=message_id))
    assert room.refuse(BOB, saying(room.room_id, reply_to=message_id)) == "not_found"


def test_threads_do_not_nest() -> None:
    room = channel(BOB)
    root = room.say(ALICE)
    reply = room.say(BOB, thread=root)
    assert room.refuse(ALICE, saying(room.room_id, thread=reply)) == "invalid"
    assert room.refuse(ALICE, saying(room.room_id, thread=new_id())) == "not_found"


def test_newcomers_touch_nothing_from_before_where_the_past_is_hidden() -> None:
    room = channel(history="joined")
    message_id = room.say(ALICE)
    room.do(BOB, JoinRoom(room_id=room.room_id))
    assert room.refuse(BOB, AddReaction(room_id=room.room_id, id=message_id, emoji="👍")) == "not_found"
    assert room.refuse(BOB, saying(room.room_id, reply_to=message_id)) == "not_found"
    assert room.refuse(BOB, DeleteMessage(room_id=room.room_id, id=message_id)) == "not_found"
    assert room.do(ALICE, AddReaction(room_id=room.room_id, id=message_id, emoji="👍"))


def test_an_edit_says_whom_the_text_addressed_before_and_now() -> None:
    room = channel(BOB, CAROL)
    message_id = room.say(ALICE, f"<@{BOB}>")
    event = room.do(ALICE, EditMessage(room_id=room.room_id, id=message_id, text=f"<@{CAROL}>"))
    nobody = {"all": False, "here": False}
    assert event["mentions"] == event["target"]["mentions"] == nobody | {"users": [CAROL]}
    assert event["target"]["mentions_before"] == nobody | {"users": [BOB]}
    assert room.changes_nothing(ALICE, EditMessage(room_id=room.room_id, id=message_id, text=f"<@{CAROL}>"))
    assert room.do(ALICE, DeleteMessage(room_id=room.room_id, id=message_id))["target"]["mentions"]["users"] == [CAROL]


def test_only_the_author_edits_and_only_for_a_while() -> None:
    room = channel(BOB)
    message_id = room.say(BOB)
    edit = EditMessage(room_id=room.room_id, id=message_id, text="better")
    assert room.refuse(ALICE, edit) == "forbidden"
    room.seconds += EDIT_WINDOW_SECONDS
    assert room.do(BOB, edit)["text"] == "better"
    room.seconds += 0.001
    assert room.refuse(BOB, EditMessage(room_id=room.room_id, id=message_id, text="best")) == "forbidden"


def test_author_and_moderators_delete_and_nobody_else() -> None:
    room = channel(BOB, CAROL)
    first, second = room.say(BOB), room.say(BOB)
    assert room.refuse(CAROL, DeleteMessage(room_id=room.room_id, id=first)) == "forbidden"
    assert room.do(BOB, DeleteMessage(room_id=room.room_id, id=first))["target"]["n"] == 1
    assert room.do(ALICE, DeleteMessage(room_id=room.room_id, id=second))["target"]["n"] == 2
    assert room.changes_nothing(ALICE, DeleteMessage(room_id=room.room_id, id=second))
    assert room.refuse(BOB, EditMessage(room_id=room.room_id, id=first, text="back")) == "not_found"


def test_in_a_direct_room_each_deletes_their_own() -> None:
    room = direct(direct_room_id([ALICE, BOB]), ALICE, BOB)
    message_id = room.say(BOB)
    assert room.refuse(ALICE, DeleteMessage(room_id=room.room_id, id=message_id)) == "forbidden"
    assert room.do(BOB, DeleteMessage(room_id=room.room_id, id=message_id))


def test_a_reaction_is_put_once_and_taken_once() -> None:
    room = channel(BOB)
    message_id = room.say(ALICE)
    add = AddReaction(room_id=room.room_id, id=message_id, emoji="👍")
    remove = RemoveReaction(room_id=room.room_id, id=message_id, emoji="👍")
    assert room.changes_nothing(BOB, remove)
    assert room.do(BOB, add)["target"]["sender"] == ALICE
    assert room.changes_nothing(BOB, add)
    assert room.do(ALICE, add)
    assert room.do(BOB, remove)
    assert room.changes_nothing(BOB, remove)
    for nothing in ("a b", "\u200b", "\u200d", "\ufe0f", "\u202e👍"):
        assert room.refuse(BOB, AddReaction(room_id=room.room_id, id=message_id, emoji=nothing)) == "invalid"
    for seen in ("👨\u200d👩\u200d👧", "❤\ufe0f", "1\ufe0f\u20e3", ":party:"):
        assert room.do(BOB, AddReaction(room_id=room.room_id, id=message_id, emoji=seen))["emoji"] == seen


def test_a_message_bears_so_many_different_reactions() -> None:
    room = channel()
    message_id = room.say(ALICE)
    for number in range(50):
        room.do(ALICE, AddReaction(room_id=room.room_id, id=message_id, emoji=f":{number}:"))
    assert room.refuse(ALICE, AddReaction(room_id=room.room_id, id=message_id, emoji=":50:")) == "conflict"


def test_a_deleted_message_is_pinned_no_more() -> None:
    room = channel(BOB)
    message_id = room.say(ALICE)
    pin, unpin = PinMessage(room_id=room.room_id, id=message_id), UnpinMessage(room_id=room.room_id, id=message_id)
    assert room.changes_nothing(BOB, unpin)
    room.do(BOB, pin)
    assert room.changes_nothing(ALICE, pin)
    room.do(BOB, unpin)
    room.do(BOB, pin)
    room.do(ALICE, DeleteMessage(room_id=room.room_id, id=message_id))
    assert room.state.pins == frozenset()


def test_an_update_tells_only_what_changed() -> None:
    room = channel(BOB)
    command = UpdateRoom(room_id=room.room_id, name="  garden ", topic="plants", retention_days=30)
    assert room.do(ALICE, command)["changes"] == {"topic": "plants", "retention_days": 30}
    assert room.changes_nothing(ALICE, command)
    assert room.do(ALICE, UpdateRoom(room_id=room.room_id, retention_days=None))["changes"] == {"retention_days": None}
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id)) == "invalid"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, name=" \t")) == "invalid"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, name="a\x1bb")) == "invalid"


def test_a_description_has_several_lines_and_nothing_around_them() -> None:
    room = channel(BOB)
    described = UpdateRoom(room_id=room.room_id, description="\n Tides.\r\n\r\n- ships \n")
    assert room.do(ALICE, described)["changes"] == {"description": "Tides.\n\n- ships"}
    assert room.changes_nothing(ALICE, described)
    assert room.refuse(BOB, UpdateRoom(room_id=room.room_id, description="mine")) == "forbidden"
    assert room.refuse(ALICE, UpdateRoom(room_id=room.room_id, description="a\x1bb")) == "invalid"


def test_moderators_describe_a_channel_and_owners_govern_it() -> None:
    room = channel(BOB, CAROL)
    room.do(ALICE, ChangeRole(room_id=room.room_id, user_id=BOB, role="moderator"))
    assert room.do(BOB, UpdateRoom(room_id=room.room_id, name="yard"))
    assert room.refuse(BOB, UpdateRoom(room_id=room.room_id, archived=True)) == "forbidden"
    assert room.refuse(CAROL, UpdateRoom(room_id=room.room_id, topic="mine")) == "forbidden"


def test_a_message_costs_no_copy_of_the_members() -> None:
    room: PureRoom = channel(BOB)
    before = room.state.members
    room.say(ALICE)
    assert room.state.members is before
