"""What is said of a notice outside of the app, in the languages of the browser client and in its words."""

import re
from collections.abc import Mapping

from chatflow.protocol.objects import Reason

TITLE_CHARACTERS, BODY_CHARACTERS = 160, 180
LANGUAGES = ("en", "ko")
TITLES: dict[str, dict[Reason, str]] = {
    "en": {
        "mention": "{name} mentioned you in {room}",
        "direct": "{name} wrote to you",
        "reply": "{name} answered you in {room}",
        "thread": "{name} answered you in {room}",
        "invitation": "You were added to {room}",
        "keyword": "{name} wrote one of your keywords in {room}",
    },
    "ko": {
        "mention": "{name} 님이 {room}에서 나를 언급했습니다",
        "direct": "{name} 님이 메시지를 보냈습니다",
        "reply": "{name} 님이 {room}에서 답했습니다",
        "thread": "{name} 님이 {room}에서 답했습니다",
        "invitation": "{room}에 추가되었습니다",
        "keyword": "{name} 님이 {room}에서 내 키워드를 썼습니다",
    },
}
SOMEBODY = {"en": "Somebody", "ko": "누군가"}
CONVERSATION = {"en": "a conversation", "ko": "대화"}

MENTION = re.compile(r"<@([\w-]+)>")
ROOM = re.compile(r"<#[\w-]+>")
# Also what would break a line or move the writing direction.
BLANK = re.compile("[\\s\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def title_of(kind: Reason, *, language: str, name: str | None, room: str | None) -> str:
    title = TITLES[language][kind].format(name=name or SOMEBODY[language], room=room or CONVERSATION[language])
    return one_line(title, TITLE_CHARACTERS)


def body_of(text: str, *, names: Mapping[str, str]) -> str:
    """Return the beginning of a message on one line, with names in the place of ids."""
    # What is cut off is not looked at: a long text costs no more than a short one.
    start = MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", text[: 4 * BODY_CHARACTERS])
    return one_line(ROOM.sub("#…", start), BODY_CHARACTERS)


def one_line(text: str, most: int) -> str:
    line = BLANK.sub(" ", text).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"
