"""Which scripts a username may have: nobody takes a name that passes for somebody else's.

The habits are those of Unicode's security mechanisms (UTS 39): scripts in everyday use, not mixed but where they are
written together.
"""

import unicodedata

from chatflow.errors import Invalid
from chatflow.protocol.looks import is_free_mark

# The first word of a character's name is its script; these are the ones that people write in every day.
EVERYDAY = (
    "ARABIC ARMENIAN BENGALI BOPOMOFO CJK CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI HANGUL HEBREW"
    " HIRAGANA KANNADA KATAKANA KHMER LAO LATIN MALAYALAM MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI TIBETAN"
)
SCRIPTS = frozenset(EVERYDAY.split())
TOGETHER = (
    {"LATIN", "HANGUL", "CJK"},
    {"LATIN", "HIRAGANA", "KATAKANA", "CJK"},
    {"LATIN", "BOPOMOFO", "CJK"},
)
OF_EVERY_SCRIPT = frozenset("0123456789._-")
SIGNS_OF = {"IDEOGRAPHIC": "CJK"}  # the 々 of 佐々木


def check_scripts(name: str) -> None:
    """Raise Invalid for a username whose characters no script has together."""
    if any(is_free_mark(character) for character in name):
        raise Invalid("username: an accent has to belong to its letter.")
    scripts = {script_of(character) for character in unicodedata.normalize("NFKC", name)} - {""}
    if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
        raise Invalid("username: letters of one script only, or Latin beside Korean, Japanese or Chinese.")
    if not scripts <= SCRIPTS:
        raise Invalid("username: letters that are in everyday use.")


def script_of(character: str) -> str:
    """Return the script's name, or nothing for what all scripts share."""
    if character in OF_EVERY_SCRIPT:
        return ""
    words = unicodedata.name(character, "UNNAMED").removeprefix("EXTENDED ").replace("-", " ").split()
    return SIGNS_OF.get(words[0], words[0])
