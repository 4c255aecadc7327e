"""Characters that nobody sees, and those that upset the text around them."""

import re
import unicodedata
from typing import Literal

from chatflow.errors import Invalid

# Letters and marks that show as nothing: two names that look alike must be alike.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# They turn the direction of what stands around a name.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What a text of several lines may not hold: terminals obey it, some stores end a text at a NUL, and nobody types it.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# No script piles up more marks on one letter than a handful, and normalising sorts a pile in quadratic time.
MARKS_AT_MOST = 30
# Blocks of Unicode that hold, beside others, all characters of a combining class other than 0; most texts have none.
MARKED = (
    "\u0300-\u10ff\u135d-\u135f\u1714-\u1715\u1734\u17d2-\u1dff\u20d0-\u20ff\u2cef-\u2dff\u302a-\u302f\u3099-\u309a"
    "\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U000101fd-\U0001efff"
)
MARKED_RUN = re.compile(f"[{MARKED}]{{{MARKS_AT_MOST + 1}}}")
# A pile too high, in the combining classes of a text's characters; looked for where a pile begins and nowhere else.
PILE = re.compile(rb"(?<![^\0])[^\0]{%d}" % (MARKS_AT_MOST + 1))


def refuse_piled_marks(text: str, *, field: str) -> None:
    """Refuse a text in which more marks stand on one another than normalising can sort in linear time."""
    if text.isascii() or not MARKED_RUN.search(text):
        return
    if PILE.search(bytes(map(unicodedata.combining, text))):
        raise Invalid(f"More than {MARKS_AT_MOST} combining marks in a row - at `$.{field}`")


def normal_form(text: str, *, field: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """Return the text in a normal form, in time that grows no faster than the text."""
    refuse_piled_marks(text, field=field)
    return unicodedata.normalize(form, text)


def is_invisible(character: str) -> bool:
    is_variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return character in INVISIBLE or is_variation_selector


def shows(text: str) -> bool:
    """Tell whether there is anything to be seen in a text."""
    # Of each character once: there are few that do not show, however many stand in a text.
    return not all(c.isspace() or unicodedata.category(c) in {"Cc", "Cf"} or is_invisible(c) for c in set(text))


def upsets_a_line(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI_CONTROLS


def clean_line(text: str, *, field: str, characters_at_most: int) -> str:
    """Return a name or the like in NFC on one line, with single spaces and none around it."""
    cleaned = " ".join(normal_form(text, field=field).split())
    if len(cleaned) > characters_at_most:
        raise Invalid(f"More than {characters_at_most} characters in normal form - at `$.{field}`")
    if any(map(upsets_a_line, cleaned)):
        raise Invalid(f"Control characters are not allowed - at `$.{field}`")
    return cleaned
