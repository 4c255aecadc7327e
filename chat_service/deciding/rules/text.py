"""What a person wrote, made uniform, and whom it addresses."""

import re
from collections import defaultdict, deque

from chat_service.deciding.state import RoomState
from chatflow.errors import Invalid
from chatflow.protocol.characters import CONTROLS, clean_line, normal_form, shows
from chatflow.protocol.commands import NAME_LENGTH, TEXT_LENGTH, TOPIC_LENGTH
from chatflow.protocol.objects import Mentions

NOBODY = Mentions()
# Each costs an alert; whoever means more people means everyone, which takes the right to address all.
NAMED_AT_MOST = 50

ADDRESS = re.compile(r"<@(all|here|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
BACKTICKS = re.compile("(`+)")


def clean_text(text: str) -> str:
    """Return a message's text in NFC, its lines ended by LF: what looks alike is alike, for search and for retries."""
    text = normal_form(text, field="text")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > TEXT_LENGTH:
        raise Invalid("The text is too long once it is in normal form - at `$.text`")
    if CONTROLS.search(text):
        raise Invalid("Control characters other than tab and newline are not allowed - at `$.text`")
    return text


def clean_name(text: str) -> str:
    name = clean_line(text, field="name", characters_at_most=NAME_LENGTH)
    if not shows(name):
        raise Invalid("The name is empty - at `$.name`")
    return name


def clean_topic(text: str) -> str:
    return clean_line(text, field="topic", characters_at_most=TOPIC_LENGTH)


def read_mentions(text: str, *, state: RoomState) -> Mentions:
    """Return whom the text addresses; only members count, and nothing inside code does."""
    if "<@" not in text:
        return NOBODY
    named = ADDRESS.findall(without_code(text))
    users = [user_id for user_id in dict.fromkeys(named) if user_id in state.members]
    return Mentions(users=users, all="all" in named, here="here" in named)


def without_code(text: str) -> str:
    return without_code_spans(without_fenced_blocks(text)) if "`" in text or "~~~" in text else text


def without_code_spans(text: str) -> str:
    """Leave out what stands between a run of backticks and the next run of the same length."""
    parts = BACKTICKS.split(text)
    runs = parts[1::2]
    waiting: dict[str, deque[int]] = defaultdict(deque)
    for index, run in enumerate(runs):
        waiting[run].append(index)
    kept = [parts[0]]
    index = 0
    while index < len(runs):
        same = waiting[runs[index]]
        while same and same[0] <= index:
            same.popleft()
        if same:
            index = same[0]
            kept.append(" ")
        else:
            kept.append(runs[index])
        kept.append(parts[2 * index + 2])
        index += 1
    return "".join(kept)


def without_fenced_blocks(text: str) -> str:
    """Leave out blocks between fences; one that is never closed reaches to the end."""
    kept = []
    fence = ""
    for line in text.split("\n"):
        opening = FENCE.match(line)
        if fence:
            if opening and opening[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif opening and "`" not in line[opening.end() :]:
            fence = opening[1]
        else:
            kept.append(line)
    return "\n".join(kept)
