"""Keywords are found as whole words, with Korean particles behind them, and in time that grows with the text alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.errors import Invalid
from notification_service.deciding.keywords import PARTICLES, WORDS_AT_MOST, Keywords, fold_keyword, tidied

# A letter may be written as two with a sign between them, which is another word.
WORDS = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=8).filter(
    lambda word: len(fold_keyword(word).split()) == 1
)


def is_found(keyword: str, text: str) -> bool:
    return Keywords({fold_keyword(keyword): ["bob"]}).find(text) == {"bob": fold_keyword(keyword)}


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
        ("C++", "C＋＋로"),
        ("C# team", "the C# team's"),
        ("harbour", "harbour#"),
        ("harbour", "the " * 1_500 + "harbour"),
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
        ("C++", "C# or c"),
        ("C#", "c++"),
        ("bob", "<@bob> and <#bob>"),
        ("harbour", ""),
    ],
)
def test_a_keyword_is_not_found(keyword: str, text: str) -> None:
    assert not is_found(keyword, text)


def test_everybody_with_a_keyword_is_found_once_by_their_first() -> None:
    wanted = {"harbour": ["bob", "carol"], "ship": ["bob"]}

    assert Keywords(wanted).find("a ship in the harbour, harbour!") == {"bob": "ship", "carol": "harbour"}


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
    assert is_found("harbour", f"{text} harbour")


def cost_of(text: str) -> float:
    """Return the least time of the processor that the text was looked through in."""
    keywords = Keywords(
        {keyword: ["bob"] for keyword in ("tea", "a a", "a a a b", "회의", "이 이", "이 이 이 이", "c++")}
    )
    costs = []
    for _ in range(20):
        before = time.thread_time()
        keywords.find(text)
        costs.append(time.thread_time() - before)
    return min(costs)


@pytest.mark.parametrize(
    "text",
    [
        "\ufdfa" * 8_000,
        "a " * 4_000,
        "이 " * 4_000,
        "회의 " * 2_666,
        "이에서는 " * 1_600,
        "c+" * 4_000,
        "<@" * 4_000,
        "_<#x>" * 1_600,
        "\u0390" * 8_000,
        "a" + "\u0301" * 4_000 + "\u0323" * 4_000,
        "\u0323\uff9e" * 4_000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_the_worst_texts_cost_little_more_than_plain_ones(text: str) -> None:
    # Before they were bounded, some cost more than a hundred times as much.
    assert cost_of(text) < 15 * cost_of("hello words " * 666)


def test_many_people_with_a_word_that_is_said_many_times_are_looked_at_once() -> None:
    class Crowd(list[str]):
        looked_at = 0

        def __iter__(self):  # type: ignore[no-untyped-def]
            Crowd.looked_at += 1
            return super().__iter__()

    assert Keywords({"a": Crowd(["bob", "carol"])}).find("a " * 1_000) == {"bob": "a", "carol": "a"}
    assert Crowd.looked_at == 1
