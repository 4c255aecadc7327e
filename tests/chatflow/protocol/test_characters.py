"""What counts as something to see, and what a line may hold."""

import re
import sys
import unicodedata

import pytest

from chatflow.errors import Invalid
from chatflow.protocol.characters import DOUBLE_MARKS, MARKED, clean_line, is_invisible, refuse_piled_marks, shows

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


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


def test_every_character_that_normalising_sorts_counts_as_a_mark() -> None:
    marks = [c for c in EVERY_CHARACTER if unicodedata.combining(unicodedata.normalize("NFD", c)[0])]
    assert re.fullmatch(f"[{MARKED}]+", "".join(marks))
    assert all(unicodedata.combining(mark) or DOUBLE_MARKS.match(mark) for mark in marks)


def test_a_long_word_of_a_rare_script_is_no_pile() -> None:
    refuse_piled_marks("\U00011013" * 40, field="text")
    with pytest.raises(Invalid, match="30 combining marks"):
        refuse_piled_marks("\U00011013" * 40 + "\U00011046" * 15 + "\u0f73" * 16, field="text")


@pytest.mark.parametrize("before", range(32))
def test_a_pile_too_high_is_found_wherever_it_stands(before: int) -> None:
    refuse_piled_marks("가" * before + "\u0301" * 30 + "가", field="text")
    with pytest.raises(Invalid, match="30 combining marks"):
        refuse_piled_marks("가" * before + "\u0301" * 31 + "가", field="text")


def test_what_shows_as_nothing_is_told_by_its_category() -> None:
    unseen = {c for c in EVERY_CHARACTER if unicodedata.category(c) in {"Cc", "Cf"} or c.isspace() or is_invisible(c)}
    # An older Python does not know yet what later characters are.
    assert unseen == {c for c in EVERY_CHARACTER if not shows(c) and unicodedata.category(c) != "Cn"}
