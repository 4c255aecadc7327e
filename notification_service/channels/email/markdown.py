"""Shows the beginning of a message in a mail: as HTML that can only be read, and as plain text."""

import re
from collections.abc import Iterator, Mapping

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from notification_service.channels.words import MENTION, ROOM

CHARACTERS = 600
# As the client shows it; a picture of somebody else's server would tell that the mail was opened.
MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")
TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
# A mention that is cut through would be shown as a part of an id.
CUT_MENTION = re.compile(r"<[@#][\w-]*$")
# What ends no line, moves the writing direction, or is nothing that can be read.
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def html_of(text: str, *, names: Mapping[str, str]) -> str:
    tokens = MARKDOWN.parse(beginning_of(text))
    for token in written_in(tokens):
        token.content = named(token.content, names=names)
    return nh3.clean(
        MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )


def plain_of(text: str, *, names: Mapping[str, str]) -> str:
    return named(beginning_of(text), names=names)


def beginning_of(text: str) -> str:
    start = ODD.sub("", text[:CHARACTERS])
    return start if len(text) <= CHARACTERS else f"{CUT_MENTION.sub('', start)}…"


def written_in(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens of ordinary text, in which people are named; in code they are not."""
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "text")


def named(text: str, *, names: Mapping[str, str]) -> str:
    return ROOM.sub("#…", MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", text))
