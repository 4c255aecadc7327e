"""Keywords are found as whole words, with Korean particles behind them, and in time that grows with the text alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.errors import Invalid
from notification_service.deciding.keywords import (
    PARTICLES,
    PARTICLES_LENGTH,
    WORDS_AT_MOST,
    find_keywords,
    fold_keyword,
    phrases_of,
    tidied,
)

# A letter may be written as two with a sign between them, which is another word.
WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8).filter(
    lambda word: len(fold_keyword(word).split()) == 1
)


def is_found(keyword: str, text: str) -> bool:
    return find_keywords(text, {fold_keyword(keyword): ["bob"]}) == {"bob": fold_keyword(keyword)}


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("harbour", "The Harbour, again."),
        ("HARBOUR", "harbour"),
        ("harbour", "ｈａｒｂｏｕｒ"),
        ("straße", "STRASSE"),
        ("release train", "the Release\n train left"),
        ("회의", "회의"),
        ("회의", "오늘 회의에서 봐요"),
        ("회의", "회의에서는 말고"),
        ("회의", "회의입니다."),
        ("회의", "“회의”를 열자"),
        ("주간 회의", "주간 회의에서"),
        ("api", "API를 고쳤다"),
        ("３", "3으로"),
        ("C++", "c++ or rust"),
        # Some systems write Hangul in parts.
        ("회의", "\u1112\u116c\u110b\u1174\u11ab"[:-1] + "는"),
    ],
)
def test_a_keyword_is_found(keyword: str, text: str) -> None:
    assert is_found(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("harbour", "harbours"),
        ("harbour", "the harbourmaster"),
        ("회의", "회의실에서"),
        ("회의", "국회의"),
        ("회의", "회 의"),
        ("release train", "release the train"),
        ("release train", "train release"),
        ("api", "apiary"),
        ("bob", "<@bob> and <#bob>"),
        ("harbour", ""),
    ],
)
def test_a_keyword_is_not_found(keyword: str, text: str) -> None:
    assert not is_found(keyword, text)


def test_everybody_with_a_keyword_is_found_once_by_their_first() -> None:
    wanted = {"harbour": ["bob", "carol"], "ship": ["bob"]}

    assert find_keywords("a ship in the harbour, harbour!", wanted) == {"bob": "ship", "carol": "harbour"}


@pytest.mark.parametrize("keyword", ["", "!?", "🔥", " ".join("abcde")])
def test_what_can_never_be_found_is_refused(keyword: str) -> None:
    with pytest.raises(Invalid):
        tidied(["fine", keyword])


def test_a_keyword_stays_as_it_was_written_and_is_kept_once() -> None:
    assert tidied([" Harbour ", "HARBOUR", "회의"]) == ("Harbour", "회의")


@given(st.lists(WORDS, min_size=1, max_size=20), st.integers(0, 19), st.integers(1, WORDS_AT_MOST))
def test_any_few_words_that_stand_together_are_found(words: list[str], start: int, length: int) -> None:
    start %= len(words)
    phrase = " ".join(words[start : start + length])

    assert is_found(phrase, " ".join(words))


@given(WORDS, st.sampled_from(sorted(PARTICLES)))
def test_any_word_is_found_with_particles_behind_it(word: str, particles: str) -> None:
    assert is_found(word, f"x {word}{particles} y")


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    phrases = list(phrases_of(text))

    # Case and width may make one character of a text up to eighteen.
    assert len(phrases) <= (len(text) * 18) * WORDS_AT_MOST * (PARTICLES_LENGTH + 1)
    assert all(is_found(phrase, text) for phrase in itertools.islice(phrases, 3))


@pytest.mark.parametrize("text", ["a" * 20_000, "a " * 20_000, "에서" * 20_000, "<@" * 20_000, "_<#x>" * 20_000])
def test_the_worst_texts_make_no_more_phrases_than_they_have_places(text: str) -> None:
    made = sum(len(phrase) > 0 for phrase in phrases_of(text))

    assert made <= len(text) * WORDS_AT_MOST * (PARTICLES_LENGTH + 1)
