"""What counts as something to see, and what a line may hold."""

import re
import sys
import unicodedata

import pytest

from chatflow.errors import Invalid
from chatflow.protocol.characters import MARKED, clean_line, shows


@pytest.mark.parametrize("text", ["a", ".", "가", "👍", "👨\u200d👩\u200d👧", "\u200fשלום", " x "])
def test_what_can_be_seen_shows(text: str) -> None:
    assert shows(text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b\u2060", "\ufeff", "\u3164", "\u2800", "\ufe0f", "\u202e"])
def test_what_nobody_sees_does_not(text: str) -> None:
    assert not shows(text)


def test_a_line_has_single_spaces_and_no_others() -> None:
    assert clean_line("  a \n\t b\u2028c\u00a0", field="name", characters_at_most=80) == "a b c"


@pytest.mark.parametrize("text", ["a\0b", "\x1b[31mred", "a\x9bb", "gnp\u202eevil.exe", "a\u2066b", "\u0958" * 41])
def test_a_line_that_upsets_what_stands_around_it_or_is_too_long_in_normal_form_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="name"):
        clean_line(text, field="name", characters_at_most=80)


def test_no_mark_of_unicode_stands_outside_the_blocks_in_which_marks_are_looked_for() -> None:
    marks = "".join(c for c in map(chr, range(sys.maxunicode)) if unicodedata.combining(c))
    assert re.fullmatch(f"[{MARKED}]+", marks)
