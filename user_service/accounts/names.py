"""The rules for names in any script: which are allowed, which count as equal, and how they are searched."""

import unicodedata

from chatflow.errors import Invalid
from chatflow.protocol.characters import is_invisible, shows, upsets_a_line
from user_service.accounts.looks import check_scripts

USERNAME_AT_LEAST = 2
USERNAME_AT_MOST = 32
DISPLAY_NAME_AT_MOST = 80
STATUS_AT_MOST = 140
TITLE_AT_MOST = 80
# 32 characters become at most 18 each. PostgreSQL indexes up to 2,700 bytes.
KEY_AT_MOST = 600
PUNCTUATION = "._-"
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FIRST_SYLLABLE, LAST_SYLLABLE, SYLLABLES_PER_INITIAL = 0xAC00, 0xD7A3, 588


def check_username(text: str) -> str:
    """Return the name as it will be stored, or raise Invalid."""
    name = unicodedata.normalize("NFC", text)
    if not USERNAME_AT_LEAST <= len(name) <= USERNAME_AT_MOST:
        raise Invalid(f"username: between {USERNAME_AT_LEAST} and {USERNAME_AT_MOST} characters.")
    if not all(is_username_character(character) for character in name) or not name[0].isalnum():
        raise Invalid("username: letters and digits of any script, and . _ - between them.")
    check_scripts(name)
    return name


def is_username_character(character: str) -> bool:
    # Marks are included, because the vowels of many scripts are marks.
    is_of_a_word = unicodedata.category(character)[0] in "LM" or character.isdecimal()
    return (is_of_a_word or character in PUNCTUATION) and not is_invisible(character)


def check_display_name(text: str) -> str:
    return check_line(text, field="display_name", characters_at_most=DISPLAY_NAME_AT_MOST)


def check_line(text: str, *, field: str, characters_at_most: int) -> str:
    """Return one visible line of text, or raise Invalid."""
    line = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(line) <= characters_at_most:
        raise Invalid(f"{field}: between 1 and {characters_at_most} characters.")
    if any(map(upsets_a_line, line)):
        raise Invalid(f"{field}: no control characters.")
    if not shows(line):
        raise Invalid(f"{field}: something that can be seen.")
    return line


def comparable(text: str) -> str:
    """Return the form in which names are compared: case, width and composition make no difference."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded[:KEY_AT_MOST]


def initials(text: str) -> str:
    """Return the name with each Hangul syllable as its initial consonant: `김민지 2` is `ㄱㅁㅈ 2`."""
    return "".join(initial(character) for character in comparable(text))


def initial(character: str) -> str:
    code = ord(character)
    if not FIRST_SYLLABLE <= code <= LAST_SYLLABLE:
        return character
    return INITIALS[(code - FIRST_SYLLABLE) // SYLLABLES_PER_INITIAL]


def initials_sought(text: str) -> str | None:
    """Return what to find among initials, or None if the text has none.

    A typed consonant must not be made comparable: that would turn it into the first part of a syllable.
    """
    return text.casefold() if any(character in INITIALS for character in text) else None
