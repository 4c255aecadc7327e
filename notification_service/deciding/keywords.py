"""Finds people's keywords in a text, in time that grows with the text alone.

A keyword is found where it stands as whole words, whatever their case and width. In Korean, particles are written onto
a word, so a keyword is also found with up to two of them behind it: 회의 in 회의에서는, but not in 회의실. Signs as in
C++ and C# belong to a keyword that has them; behind other words they do not count.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

from chatflow.errors import Invalid

WORD = re.compile(r"\w+[+#]*")
SIGNS = "+#"
# A mention of somebody or something is an id, not a word that anybody wrote.
MENTIONED = re.compile(r"<[@#][^<>\s]*>")
# So many words may a keyword have.
WORDS_AT_MOST = 4
# So many places without a word are behind a text.
BEHIND = ("",) * (WORDS_AT_MOST - 1)
# Whoever writes longer words, or characters that are folded to many, makes no more work by it.
PIECE = re.compile(r".{1,256}(?:\s|\Z)|.{256}", re.DOTALL)
FOLDED_AT_MOST = 10_000
# Marks are put in order when they are folded, which takes the longer the more of them stand together.
CROWDED = re.compile(r"((?:[^\w\s]|[\uff9e\uff9f]){4})(?:[^\w\s]|[\uff9e\uff9f])+")

PARTICLE = (
    "은 는 이 가 을 를 의 에 와 과 도 만 로 으로 에서 에게 에게서 에는 께 께서 "
    "한테 한테서 부터 까지 마저 조차 밖에 처럼 같이 보다 마다 이나 나 이든 든지 "
    "이라도 라도 이랑 랑 하고 이며 이고 이라고 라고 이라는 라는 이란 란 이라서 라서 "
    "이라면 라면 인데 인지 입니다 이에요 예요 이야 야 이죠 죠 이네 네 님 들 쯤 씩 "
    "뿐 대로 "
)
PARTICLES = frozenset("".join(some) for times in (1, 2) for some in product(PARTICLE.split(), repeat=times))
PARTICLES_LENGTH = max(map(len, PARTICLES))
# What a word with something behind it ends with.
ENDS = frozenset(SIGNS).union(particle[-1] for particle in PARTICLE.split())


def folded(text: str) -> str:
    """Return the text as it is looked through, as far as that is."""
    pieces: list[str] = []
    left = FOLDED_AT_MOST
    for piece in PIECE.finditer(CROWDED.sub(r"\1", text)):
        pieces.append(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", piece[0]).casefold())[:left])
        left -= len(pieces[-1])
        if left <= 0:
            break
    return "".join(pieces)


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


def words_of(text: str) -> list[str]:
    return WORD.findall(folded(MENTIONED.sub(" ", text)))


def stems_of(word: str) -> list[str]:
    """Return the word, and what is left of it without signs or particles."""
    if word[-1:] not in ENDS:
        return [word]
    if word[-1] in SIGNS:
        return [word, word.rstrip(SIGNS)]
    shortest = max(1, len(word) - PARTICLES_LENGTH)
    return [word, *[word[:at] for at in range(len(word) - 1, shortest - 1, -1) if word[at:] in PARTICLES]]


class Branch:
    """What may follow some words: the last word of keywords, and words behind which more must follow."""

    __slots__ = ("ends", "goes_on")

    def __init__(self) -> None:
        # The whole keyword by its last word.
        self.ends: dict[str, str] = {}
        self.goes_on: dict[str, Branch] = {}

    def may_be(self, word: str, stems: Sequence[str]) -> bool:
        return word in self.goes_on or not self.ends.keys().isdisjoint(stems)


class Keywords:
    """People's keywords, kept by their words, so that a text is looked at more closely only where one begins."""

    def __init__(self, people: Mapping[str, Collection[str]]) -> None:
        """Take the people of each folded keyword."""
        self.people = people
        self._root = Branch()
        for keyword in people:
            *first, last = keyword.split()
            branch = self._root
            for word in first:
                branch = branch.goes_on.setdefault(word, Branch())
            branch.ends[last] = keyword

    def find(self, text: str) -> dict[str, str]:
        """Return by person the first of their keywords that is in the text."""
        if not self.people:
            return {}
        found: dict[str, str] = {}
        for keyword in dict.fromkeys(self._in(words_of(text))):
            for user_id in self.people[keyword]:
                found.setdefault(user_id, keyword)
        return found

    def _in(self, words: Sequence[str]) -> Iterator[str]:
        stems = {word: stems_of(word) for word in {*words, ""}}
        begun = {word for word in stems if self._root.may_be(word, stems[word])}
        # What stands in a text many times is looked at once.
        for run in dict.fromkeys(zip(*([*words, *BEHIND][at:] for at in range(WORDS_AT_MOST)), strict=False)):
            if run[0] in begun:
                yield from self._at(run, stems)

    def _at(self, run: Sequence[str], stems: Mapping[str, Sequence[str]]) -> Iterator[str]:
        branch: Branch | None = self._root
        for word in run:
            if branch is None:
                return
            yield from (branch.ends[stem] for stem in stems[word] if stem in branch.ends)
            branch = branch.goes_on.get(word)
