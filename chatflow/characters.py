"""Characters that nobody sees, and those that upset the text around them."""

import re
import unicodedata

from chatflow.errors import Invalid

# Letters and marks that show as nothing: two names that look alike must be alike.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# They turn the direction of what stands around a name.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What a text of several lines may not hold: terminals obey it, some stores end a text at a NUL, and nobody types it.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def is_invisible(character: str) -> bool:
    is_variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return character in INVISIBLE or is_variation_selector


def shows(text: str) -> bool:
    """Tell whether there is anything to be seen in a text."""
    return not all(c.isspace() or unicodedata.category(c) in {"Cc", "Cf"} or is_invisible(c) for c in text)


def upsets_a_line(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI_CONTROLS


def clean_line(text: str, *, field: str, characters_at_most: int) -> str:
    """Return a name or the like in NFC on one line, with single spaces and none around it."""
    cleaned = " ".join(unicodedata.normalize("NFC", text).split())
    if len(cleaned) > characters_at_most:
        raise Invalid(f"More than {characters_at_most} characters in normal form - at `$.{field}`")
    if any(map(upsets_a_line, cleaned)):
        raise Invalid(f"Control characters are not allowed - at `$.{field}`")
    return cleaned
