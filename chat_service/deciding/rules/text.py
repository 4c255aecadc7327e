"""Brings a person's text into one form, and finds whom it mentions."""

import re

from chat_service.deciding.state import RoomState
from chatflow.errors import Invalid
from chatflow.protocol.characters import CONTROLS, clean_line, normal_form, shows
from chatflow.protocol.commands import DESCRIPTION_LENGTH, NAME_LENGTH, TEXT_LENGTH, TOPIC_LENGTH
from chatflow.protocol.objects import Mentions

NOBODY = Mentions()
# Each mention costs a notice; beyond this, everyone is meant, which takes the right to address all.
NAMED_AT_MOST = 50

# On UTF-8 bytes, as code is found faster among bytes than among characters.
ADDRESS = re.compile(rb"<@(all|here|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})>")
# From a fence to the next of its kind or to the end of the text: it always ends, so no line is looked at twice.
FENCED_BLOCK = re.compile(rb"^ {0,3}(`{3,}+|~{3,}+)[^`\n]*+$(?:\n.*+)*?(?:\n {0,3}\1[ `~]*+$|\Z)", re.MULTILINE)
# Stands for a mention among runs of backticks; this byte occurs in no UTF-8 text.
ADDRESSED = b"\xff"
# Everything else becomes a space.
RUNS_AND_ADDRESSES = bytes(byte if byte in b"`" + ADDRESSED else ord(" ") for byte in range(256))


def clean_text(text: str) -> str:
    return clean_lines(text, field="text", characters_at_most=TEXT_LENGTH)


def clean_description(text: str) -> str:
    return clean_lines(text, field="description", characters_at_most=DESCRIPTION_LENGTH).strip()


def clean_lines(text: str, *, field: str, characters_at_most: int) -> str:
    """Return a text in NFC with LF line ends, so that equal texts are equal to search and to retries."""
    text = normal_form(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > characters_at_most:
        raise Invalid(f"The text is too long once it is in normal form - at `$.{field}`")
    if CONTROLS.search(text):
        raise Invalid(f"Control characters other than tab and newline are not allowed - at `$.{field}`")
    return text


def clean_name(text: str) -> str:
    name = clean_line(text, field="name", characters_at_most=NAME_LENGTH)
    if not shows(name):
        raise Invalid("The name is empty - at `$.name`")
    return name


def clean_topic(text: str) -> str:
    return clean_line(text, field="topic", characters_at_most=TOPIC_LENGTH)


def read_mentions(text: str, *, state: RoomState) -> Mentions:
    """Return whom the text mentions; only members count, and nothing inside code does."""
    if "<@" not in text:
        return NOBODY
    named = [name.decode() for name in dict.fromkeys(names_outside_code(text.encode(errors="replace")))]
    users = [user_id for user_id in named if user_id in state.members]
    return Mentions(users=users, all="all" in named, here="here" in named)


def names_outside_code(text: bytes) -> list[bytes]:
    """Return whom the text mentions outside code blocks and code spans, in order."""
    # A code block ends the paragraph before it, so no code span goes on behind it.
    outside = FENCED_BLOCK.split(text)[::2] if b"```" in text or b"~~~" in text else [text]
    return [name for piece in outside if b"<@" in piece for name in names_outside_code_spans(piece)]


def names_outside_code_spans(text: bytes) -> list[bytes]:
    """Return the mentions that are not between a run of backticks and the next run of the same length."""
    pieces = ADDRESS.split(text)
    between, names = pieces[::2], pieces[1::2]
    if not names or b"`" not in text:
        return names
    marks = (b" " + ADDRESSED + b" ").join(between).translate(RUNS_AND_ADDRESSES).split()
    last = dict(zip(marks, range(len(marks)), strict=True))
    # A mention opens no code span.
    last[ADDRESSED] = -1
    outside = []
    names_left = iter(names)
    code = None
    for index, mark in enumerate(marks):
        if code is None and last[mark] > index:
            code = mark
        elif mark == code:
            code = None
        elif mark == ADDRESSED:
            name = next(names_left)
            if code is None:
                outside.append(name)
    return outside
