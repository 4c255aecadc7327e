"""A push says what the browser client says, in its words, on one line, however long or odd what it is about is."""

import json
import re
import time
from pathlib import Path

import pytest

from notification_service.channels.stories import Story
from notification_service.channels.web_push.encryption import PLAIN_BYTES_AT_MOST
from notification_service.channels.web_push.payload import push_of
from notification_service.channels.words import BODY_CHARACTERS, LANGUAGES, TITLES, body_of, title_of
from notification_service.deciding.deliveries import Subscription
from notification_service.deciding.notices import IN_APP, Notice

CLIENT = Path(__file__).parents[3] / "chat_ui" / "src" / "lib" / "i18n"
OF_THE_CLIENT = {
    "mention": "mention",
    "direct": "direct",
    "reply": "reply",
    "thread": "reply",
    "invitation": "invitation",
    "keyword": "keyword",
}
LONGEST = "한" * 10_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_those_of_the_client(language: str) -> None:
    words = dict(re.findall(r'"notice\.(\w+)": "(.*)",', (CLIENT / language / "notices.ts").read_text()))
    said = {kind: words[name].replace("{{", "{").replace("}}", "}") for kind, name in OF_THE_CLIENT.items()}

    assert TITLES[language] == said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\n\n\ttwo\r\nthree", "one two three"),
        ("a\x00b\x1b[31mc\u202ed", "a b [31mc d"),
        ("<@here> <@bob> <@nobody> <#room>", "@here @Bob @nobody #…"),
        ("<script>", "<script>"),
        ("x" * 1000, "x" * (BODY_CHARACTERS - 1) + "…"),
        ("", ""),
    ],
)
def test_a_text_is_shown_on_one_line(text: str, shown: str) -> None:
    assert body_of(text, names={"bob": "Bob"}) == shown


def test_a_name_is_no_pattern() -> None:
    assert title_of("mention", language="en", name="{room}", room="#{name}") == "{room} mentioned you in #{name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_of_everything_fits_what_a_push_service_takes(language: str) -> None:
    notice = Notice(
        id="one",
        user_id="0" * 36,
        room_id="0" * 36,
        seq=2**53,
        channel=IN_APP,
        kind="mention",
        actor="alice",
        at="2026-11-20T10:00:00.000Z",
    )
    subscription = Subscription(
        id="phone",
        user_id=notice.user_id,
        session_id="",
        endpoint="",
        p256dh="",
        auth="",
        device="",
        language=language,
        shows_text=True,
        created_at="",
        confirmed_at="",
    )
    story = Story(text=LONGEST, room_name=LONGEST, names={"alice": LONGEST}, calls=10**9)

    push = push_of(
        notice,
        subscription=subscription,
        story=story,
        shows_text=True,
        site="https://" + "x" * 250,
        seconds_to_live=1,
    )

    assert len(push.plain) < PLAIN_BYTES_AT_MOST / 2
    assert set(json.loads(push.plain)) == {"web_push", "notification"}


def test_a_hostile_text_costs_no_more_than_its_beginning() -> None:
    began = time.process_time()
    for _ in range(1000):
        body_of("<@" * 500_000, names={})

    # A thousand whole ones would take minutes.
    assert time.process_time() - began < 10
