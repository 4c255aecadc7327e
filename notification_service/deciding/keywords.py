"""Finds people's keywords in a text, in time that grows with the text alone.

A keyword is found where it stands as whole words, whatever their case and width. In Korean, particles are written onto
a word, so a keyword is also found with up to two of them behind it: 회의 in 회의에서는, but not in 회의실.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import product

from chatflow.errors import Invalid

WORD = re.compile(r"\w+")
# A mention of somebody or something is an id, not a word that anybody wrote.
MENTIONED = re.compile(r"<[@#][^<>\s]*>")
# So many words may a keyword have.
WORDS_AT_MOST = 4

PARTICLE = (
    "은 는 이 가 을 를 의 에 와 과 도 만 로 으로 에서 에게 에게서 에는 께 께서 "
    "한테 한테서 부터 까지 마저 조차 밖에 처럼 같이 보다 마다 이나 나 이든 든지 "
    "이라도 라도 이랑 랑 하고 이며 이고 이라고 라고 이라는 라는 이란 란 이라서 라서 "
    "이라면 라면 인데 인지 입니다 이에요 예요 이야 야 이죠 죠 이네 네 님 들 쯤 씩 "
    "뿐 대로 "
)
PARTICLES = frozenset("".join(some) for times in (1, 2) for some in product(PARTICLE.split(), repeat=times))
PARTICLES_LENGTH = max(map(len, PARTICLES))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def fold_keyword(keyword: str) -> str:
    """Return the words of a keyword as they are looked for; without any it is empty."""
    return " ".join(WORD.findall(folded(keyword)))


def tidied(keywords: Collection[str]) -> tuple[str, ...]:
    """Return the keywords as a person wrote them, each once; raises Invalid for one that could never be found."""
    kept: dict[str, str] = {}
    for keyword in keywords:
        words = fold_keyword(keyword).split()
        if not words:
            raise Invalid(f"keywords: “{keyword}” has neither a letter nor a digit.")
        if len(words) > WORDS_AT_MOST:
            raise Invalid(f"keywords: “{keyword}” has more than {WORDS_AT_MOST} words.")
        kept.setdefault(" ".join(words), keyword.strip())
    return tuple(kept.values())


def phrases_of(text: str) -> Iterator[str]:
    """Yield all that could be a keyword in the text: each run of a few words, with and without its particles."""
    words = WORD.findall(folded(MENTIONED.sub(" ", text)))
    for at, last in enumerate(words):
        stems = list(stems_of(last))
        for length in range(min(at + 1, WORDS_AT_MOST)):
            before = words[at - length : at]
            yield from (" ".join((*before, stem)) for stem in stems)


def stems_of(word: str) -> Iterator[str]:
    """Yield the word, and what is left of it without particles."""
    yield word
    for length in range(1, min(PARTICLES_LENGTH, len(word) - 1) + 1):
        if word[-length:] in PARTICLES:
            yield word[:-length]


def find_keywords(text: str, wanted: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return by person the first of their keywords that is in the text; `wanted` has the people of each folded one."""
    found: dict[str, str] = {}
    for phrase in phrases_of(text) if wanted else ():
        for user_id in wanted.get(phrase, ()):
            found.setdefault(user_id, phrase)
    return found
