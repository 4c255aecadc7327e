"""What a person wrote, made uniform, and whom it addresses."""

import re
import unicodedata

from chat_service.state import RoomState
from chatflow.errors import Invalid
from chatflow.protocol.commands import TEXT_LENGTH
from chatflow.protocol.objects import Mentions

NOBODY = Mentions()

ADDRESS = re.compile(r"<@(all|here|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# A run of backticks up to the next run of the same length.
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def clean_text(text: str) -> str:
    """Return a message's text in NFC: what looks alike is alike, for search and for retries."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > TEXT_LENGTH:
        raise Invalid("The text is too long once it is in normal form - at `$.text`")
    return text


def clean_line(text: str, *, field: str) -> str:
    """Return a name or a topic in NFC on one line, without the characters that nobody sees."""
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(character) == "Cc" for character in cleaned):
        raise Invalid(f"Control characters are not allowed - at `$.{field}`")
    return cleaned


def clean_name(text: str) -> str:
    name = clean_line(text, field="name")
    if not name:
        raise Invalid("The name is empty - at `$.name`")
    return name


def read_mentions(text: str, *, state: RoomState) -> Mentions:
    """Return whom the text addresses; only members count, and nothing inside code does."""
    if "<@" not in text:
        return NOBODY
    named = ADDRESS.findall(without_code(text))
    users = [user_id for user_id in dict.fromkeys(named) if user_id in state.members]
    return Mentions(users=users, all="all" in named, here="here" in named)


def without_code(text: str) -> str:
    return CODE_SPAN.sub(" ", without_fenced_blocks(text)) if "`" in text or "~~~" in text else text


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
