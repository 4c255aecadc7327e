"""A mail says what its person has not read, in their language, and nothing in it can do more than be read."""

import time

import pytest

from chatflow.mail.port import Mail
from chatflow.wire.mail_recipients import MailRecipient
from notification_service.channels.email.letters import SHOWN_AT_MOST, Unread, write_letter
from notification_service.channels.email.markdown import CHARACTERS, html_of, plain_of
from notification_service.channels.email.words import WORDS
from notification_service.channels.stories import Story
from notification_service.deciding.notices import IN_APP, Notice

SITE = "https://chat.example.com"
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def unread(
    seq: int, *, room_id: str = "room", text: str | None = "hi", name: str = "Alice", room: str = "#a"
) -> Unread:
    notice = Notice(
        id=f"{room_id} {seq}",
        user_id="bob",
        room_id=room_id,
        seq=seq,
        channel=IN_APP,
        kind="mention",
        actor="alice",
        at=f"2026-11-20T10:{seq:02}:00.000Z",
    )
    return Unread(notice, Story(text=text, room_name=room, names={"alice": name}, calls=1))


def letter(*some: Unread, locale: str | None = None, zone: str | None = None, name: str = "Bob") -> Mail:
    to = MailRecipient(id="bob", email="bob@example.com", display_name=name, locale=locale, time_zone=zone)
    return write_letter(
        some, to=to, address="bob@example.com", message_id="one@chat.example.com", site=SITE, unsubscribe=f"{SITE}/stop"
    )


def test_one_notice_is_the_subject_and_the_text_is_quoted() -> None:
    mail = letter(unread(7, text="**one**\n<@alice> two"), zone="Asia/Seoul")

    assert mail.subject == "Alice mentioned you in #a"
    assert mail.text == (
        "Hello Bob,\nyou have not read this yet:\n\n"
        "Alice mentioned you in #a\n2026-11-20 19:07 KST\n> **one**\n> @Alice two\n"
        "https://chat.example.com/rooms/room/7\n\n"
        "Open ChatFlow: https://chat.example.com/\n\n"
        "-- \nChatFlow mails you what calls you while you are away.\n"
        "Choose when: https://chat.example.com/settings/notices\nNo more mails: https://chat.example.com/stop\n"
        "Nobody reads answers to this mail.\n"
    )
    assert "<strong>one</strong><br>\n@Alice two" in mail.html
    assert mail.headers == {
        "List-Unsubscribe": "<https://chat.example.com/stop>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_a_mail_in_korean_is_all_in_korean() -> None:
    mail = letter(unread(1), unread(2, room_id="other"), locale="ko-KR")

    assert mail.subject == "읽지 않은 알림 2개"
    assert "Alice 님이 #a에서 나를 언급했습니다" in mail.text
    assert '<html lang="ko">' in mail.html
    for word in WORDS["en"]:
        assert word not in mail.text + mail.html


def test_of_many_the_newest_are_shown_in_their_order_and_the_others_counted() -> None:
    mail = letter(*(unread(seq) for seq in reversed(range(1, 31))))

    shown = [line for line in mail.text.splitlines() if "/rooms/" in line]
    assert shown == [f"{SITE}/rooms/room/{seq}" for seq in range(31 - SHOWN_AT_MOST, 31)]
    assert f"and {30 - SHOWN_AT_MOST} more" in mail.text
    assert f"and {30 - SHOWN_AT_MOST} more" in mail.html
    assert mail.subject == "30 unread notifications in #a"


def test_a_text_that_is_withheld_or_is_none_leaves_the_title() -> None:
    mail = letter(unread(1, text=None))

    assert "Alice mentioned you in #a\n2026-11-20 10:01 UTC\nhttps:" in mail.text


def test_nothing_that_people_write_is_markup() -> None:
    mail = letter(unread(1, text=EVIL, name=EVIL, room=EVIL), name=EVIL)

    assert "<script" not in mail.html
    assert "<img" not in mail.html
    # The greeting, the name and the room of the title, and the text.
    assert mail.html.count("&lt;script&gt;") == 4


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("[a](https://e.org)", '<p><a href="https://e.org" rel="noopener noreferrer">a</a></p>\n'),
        (
            "![a](https://e.org/pixel.png)",
            '<p>!<a href="https://e.org/pixel.png" rel="noopener noreferrer">a</a></p>\n',
        ),
        ("<@bob> <@nobody> <#room>", "<p>@*B* @nobody #…</p>\n"),
        ("`<@bob>`", "<p><code>&lt;@bob&gt;</code></p>\n"),
        ("a\u202eb\x00c", "<p>abc</p>\n"),
        ("", ""),
    ],
)
def test_a_message_is_shown_as_it_was_written_and_no_more(text: str, html: str) -> None:
    assert html_of(text, names={"bob": "*B*"}) == html


def test_a_long_text_is_cut_and_never_in_the_middle_of_a_name() -> None:
    start = "x" * (CHARACTERS - 5)

    assert plain_of(f"{start} <@bobby> and more", names={}) == f"{start} …"
    assert len(plain_of("y" * 100_000, names={})) == CHARACTERS + 1


@pytest.mark.parametrize("text", ["[" * 500_000, "<@" * 500_000, "> " * 500_000, "*a_" * 500_000, "`" * 500_000])
def test_a_hostile_text_costs_no_more_than_its_beginning(text: str) -> None:
    began = time.process_time()
    for _ in range(20):
        html_of(text, names={})

    # Twenty whole ones would take minutes.
    assert time.process_time() - began < 10
