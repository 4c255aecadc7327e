"""Whom a message mentions: members, outside code, and so many at once as one may."""

import json
from pathlib import Path

import pytest

from chat_service.deciding.rules.text import NAMED_AT_MOST, names_outside_code, read_mentions
from chatflow.ids import new_id
from chatflow.protocol.commands import ChangeRole, EditMessage
from chatflow.protocol.objects import Mentions
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.rooms import channel


def test_mentions_are_those_of_members_outside_code() -> None:
    room = channel(BOB)
    stranger = CAROL
    text = f"<@{BOB}> and <@{stranger}> and <@{BOB}>, but not `<@{ALICE}>`\n```\n<@all>\n``` <@here\n```\n"
    assert read_mentions(text, state=room.state) == Mentions(users=[BOB])
    assert read_mentions("<@all> <@here> <@nobody>", state=room.state) == Mentions(all=True, here=True)
    assert read_mentions("~~~\n<@all>\n", state=room.state) == Mentions()
    assert read_mentions("``<@all> ` <@all>`` ` <@here>", state=room.state) == Mentions(here=True)


@pytest.mark.parametrize(
    "text",
    [
        *("` <@all>", "` `` <@all>", "`<@here>`<@all>`", "``a`<@here>``<@all>`", "`<@here>\n`<@all>", "``` `\n<@all>"),
        *(
            "~~~\n<@here>\n~~~~ \n<@all>",
            "~~~\n~~~~`~\n<@all>",
            "    ~~~\n<@all>",
            "~~~~`\n<@all>",
            "가`나<@here>`<@all>",
        ),
        *("```\n<@here>\n``\n ````\n<@all>", "a ```\n<@all>", "\ud800<@all>"),
        *("` a\n```\nb\n```\n<@all> c `", "``\n~~~\n<@here>\n~~~\n<@all>``"),
    ],
)
def test_code_ends_where_its_own_mark_does(text: str) -> None:
    assert read_mentions(text, state=channel().state) == Mentions(all=True)


@pytest.mark.parametrize(
    "text", ["```\n<@all>\n~~~\n", "~~~ a\n<@all>\n~~~ b", "````\n```\n<@all>", "`<@all>``<@all>`"]
)
def test_code_holds_what_its_own_mark_does_not_end(text: str) -> None:
    assert read_mentions(text, state=channel().state) == Mentions()


def test_code_is_where_the_browser_shows_it() -> None:
    """The browser's own reader is held to the same cases, in chat_ui/src/lib/markdown/code.test.ts."""
    for case in json.loads(Path(__file__).with_name("code_cases.json").read_text()):
        mentions = [name.decode() for name in names_outside_code(case["text"].encode())]
        assert mentions == case["mentions"], case["text"]


def test_addressing_everyone_in_a_channel_takes_a_moderator() -> None:
    room, group = channel(BOB), channel(kind="group", members=[BOB])
    for word in ("all", "here"):
        assert room.refuse(BOB, saying(room.room_id, f"<@{word}>")) == "forbidden"
        assert room.do(ALICE, saying(room.room_id, f"<@{word}>"))["message"]["mentions"][word]
        assert group.do(BOB, saying(group.room_id, f"<@{word}>"))["message"]["mentions"][word]
    message_id = room.say(BOB, "`<@all>`")
    assert room.refuse(BOB, EditMessage(room_id=room.room_id, id=message_id, text="<@all>")) == "forbidden"


def test_naming_very_many_takes_whoever_may_address_everyone() -> None:
    people = [new_id() for _ in range(NAMED_AT_MOST + 1)]
    room, group = channel(BOB, *people), channel(kind="group", members=[BOB, *people])
    few, many = ["".join(f"<@{user_id}>" for user_id in some) for some in (people[1:], people)]
    assert room.refuse(BOB, saying(room.room_id, many)) == "invalid"
    for place, author in ((room, ALICE), (group, BOB)):
        named = place.do(author, saying(place.room_id, many))["message"]["mentions"]["users"]
        assert named == people
    message_id = room.say(BOB, few)
    assert room.refuse(BOB, EditMessage(room_id=room.room_id, id=message_id, text=many)) == "invalid"
    assert room.do(BOB, EditMessage(room_id=room.room_id, id=message_id, text=f"{few}!"))


def test_who_named_many_as_a_moderator_may_correct_it_as_a_member() -> None:
    people = [new_id() for _ in range(NAMED_AT_MOST + 1)]
    room = channel(BOB, *people)
    many = "".join(f"<@{user_id}>" for user_id in people)
    room.do(ALICE, ChangeRole(room_id=room.room_id, user_id=BOB, role="moderator"))
    message_id = room.say(BOB, many)
    room.do(ALICE, ChangeRole(room_id=room.room_id, user_id=BOB, role="member"))
    assert room.do(BOB, EditMessage(room_id=room.room_id, id=message_id, text=f"{many}!"))
