"""Which passwords are refused: those that an attacker would try first."""

import re
import string
from difflib import SequenceMatcher
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator

from chatflow.errors import Invalid
from user_service.accounts.names import comparable

AT_LEAST = 8
AT_MOST = 256
DISTINCT_AT_LEAST = 5
# From this many neighbours in a row it is a sequence, and counts as one character.
SEQUENCE_AT_LEAST = 4
WORTH_AT_LEAST = 6
# Shorter names and words may be in a password by chance.
NAME_AT_LEAST = 3
WORD_AT_LEAST = 4
LIKE_THE_NAME = 0.7

# 20,000 common passwords in lower case.
COMMON: frozenset[str] = frozenset(CommonPasswordValidator().passwords)
ROWS = (
    *("01234567890-=", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "qwertzuiop", "asdfghjkl;", "zxcvbnm,./"),
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol."),
)
NEIGHBOURS = frozenset(pair for row in ROWS for way in (row, row[::-1]) for pair in pairwise(way))
# p4ssw0rd is as common as what it stands for.
STAND_INS = (str.maketrans("01345789@$!", "olbastbgasi"), str.maketrans("013457@$!", "oieastasi"))


def check_password(password: str, *, username: str, field: str = "password") -> str:
    """Return an acceptable password, or raise Invalid."""
    if not AT_LEAST <= len(password) <= AT_MOST:
        raise Invalid(f"{field}: between {AT_LEAST} and {AT_MOST} characters.")
    text, name = comparable(password), comparable(username)
    if is_like(text, name=name):
        raise Invalid(f"{field}: not your name, nor nearly.")
    if is_common(text):
        raise Invalid(f"{field}: too common, others try this one first.")
    if len(set(text)) < DISTINCT_AT_LEAST or repeats_itself(text):
        raise Invalid(f"{field}: more different characters, not the same ones again and again.")
    if worth(text) < WORTH_AT_LEAST:
        raise Invalid(f"{field}: no rows of keys, of letters or of numbers.")
    return password


def is_like(text: str, *, name: str) -> bool:
    """Tell whether the name is all of a password, or all but what is too short to be one."""
    if any(len(one) >= NAME_AT_LEAST and one in text and is_little(text, beside=one) for one in (name, name[::-1])):
        return True
    return text in name or SequenceMatcher(a=text, b=name, autojunk=False).ratio() >= LIKE_THE_NAME


def is_common(text: str) -> bool:
    """Tell whether it is a common word, perhaps with digits for letters, and no more around it than is usual."""
    readings = {text, *(text.translate(stand_ins) for stand_ins in STAND_INS)}
    words = {stripped(reading) for reading in readings} | readings
    words |= {text.strip(string.punctuation), *re.findall(r"[^\W\d_]+", text)}
    return any(len(word) >= WORD_AT_LEAST and word in COMMON and is_little(text, beside=word) for word in words)


def is_little(text: str, *, beside: str) -> bool:
    """Tell whether there is not enough for a password but the word; the word again is nothing, and 12345678 little."""
    rest = text.replace(beside, "")
    return len(rest) < AT_LEAST or worth(rest) < WORTH_AT_LEAST


def stripped(text: str) -> str:
    """Return the text without what is no letter at its ends."""
    letters = [place for place, character in enumerate(text) if character.isalpha()]
    return text[letters[0] : letters[-1] + 1] if letters else ""


def repeats_itself(text: str) -> bool:
    return text in (text + text)[1:-1]


def worth(text: str) -> int:
    """Count the characters, a sequence of neighbours being one."""
    counted, run = 0, 1
    for one, following in pairwise(f"{text}\0"):
        if one == following or (one, following) in NEIGHBOURS:
            run += 1
            continue
        counted += 1 if run >= SEQUENCE_AT_LEAST else run
        run = 1
    return counted
