"""Characters that are invisible, and those that disturb the text around them."""

import re
import unicodedata

from chatflow.errors import Invalid

# Letters and marks that are invisible; with them two different names could look the same.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
VARIATION_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# The categories Cc and Cf of Unicode 15.
CONTROLS_AND_FORMATS = (
    "\0-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
SHOWN = re.compile(rf"[^\s{''.join(INVISIBLE)}{VARIATION_SELECTORS}{CONTROLS_AND_FORMATS}]")
# They change the direction of the text around a name.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Not allowed in a text of several lines: terminals obey them, some stores end a text at a NUL, and nobody types them.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# No script puts more than a handful of marks on one letter, and normalising sorts them in quadratic time.
MARKS_AT_MOST = 30
# Vowels without a combining class that normalising splits into two marks.
DOUBLE_MARKS = re.compile("[\u0f73\u0f75\u0f81]")
FIRST_OF_TWO = "\u0f71"
# All marks, and some letters of rare scripts: outside the first plane each range costs time, so they are few and wide.
MARKED = "".join(filter(unicodedata.combining, map(chr, range(0x300, 0x10000)))) + (
    "\u0f73\u0f75\u0f81\U000101fd-\U00011fff\U00016100-\U00016fff\U0001bc9e\U0001d165-\U0001d244\U0001e000-\U0001efff"
)


def pile_too_high(marks: str) -> str:
    """Return a pattern that matches a text with too many marks in a row; it reads each character once."""
    return f"[^{marks}]*+(?:[{marks}]{{1,{MARKS_AT_MOST}}}+[^{marks}]++)*+[{marks}]{{{MARKS_AT_MOST + 1}}}"


PILE_OF_MARKED = re.compile(pile_too_high(MARKED))
# The same among the combining classes of a text's characters.
PILE_OF_CLASSES = re.compile(pile_too_high(r"\x01-\xff").encode())


def refuse_piled_marks(text: str, *, field: str) -> None:
    """Refuse a text with so many marks in a row that normalising it would take quadratic time."""
    if text.isascii() or not PILE_OF_MARKED.match(text):
        return
    classes = bytes(map(unicodedata.combining, DOUBLE_MARKS.sub(FIRST_OF_TWO, text)))
    if PILE_OF_CLASSES.match(classes):
        raise Invalid(f"More than {MARKS_AT_MOST} combining marks in a row - at `$.{field}`")


def normal_form(text: str) -> str:
    """Return the text in NFC. This takes linear time, because too many marks in a row were refused before."""
    return unicodedata.normalize("NFC", text)


def is_invisible(character: str) -> bool:
    is_variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return character in INVISIBLE or is_variation_selector


def shows(text: str) -> bool:
    """Tell whether anything in a text is visible."""
    return SHOWN.search(text) is not None


def upsets_a_line(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI_CONTROLS


def clean_line(text: str, *, field: str, characters_at_most: int) -> str:
    """Return a name or the like in NFC on one line, with single spaces and none around it."""
    cleaned = " ".join(normal_form(text).split())
    if len(cleaned) > characters_at_most:
        raise Invalid(f"More than {characters_at_most} characters in normal form - at `$.{field}`")
    if any(map(upsets_a_line, cleaned)):
        raise Invalid(f"Control characters are not allowed - at `$.{field}`")
    return cleaned
