"""The texts that cost most to read and to decide, and the fields that people may write them into."""

from collections.abc import Callable
from typing import Any, get_args

from msgspec.inspect import Field, StrType, StructType, type_info

from chatflow.protocol.commands import AnyCommand
from tests.chat_service.rooms import PureRoom

# Fields of a fixed form, which no rule reads as a text.
FORMAL = {"cid", "invite", "secret_hash"}
ADDRESS = "<@all>"

WORST: dict[str, Callable[[int], str]] = {
    "piles of as many marks as are allowed, in the worst order": lambda n: ("a" + "\u0301\u0323" * 15) * (n // 31),
    "marks that each become two": lambda n: ("a" + "\u0344" * 30) * (n // 62),
    "vowels that each become two marks": lambda n: ("a" + "\u0f73" * 30) * (n // 62),
    "signs that each become three": lambda n: "\U0001d160" * (n // 3),
    "signs that are too many once each has become three": lambda n: "\U0001d160" * n,
    "letters that each become two": lambda n: "\u0958" * (n // 2),
    "single consonants and vowels": lambda n: "\u1112\u1161\u11ab" * (n // 3),
    "nothing that can be seen": lambda n: "\u200b\u2060\ufe0f\u3164" * (n // 4),
    "runs of backticks, each of another length": lambda n: " ".join("`" * length for length in range(1, root(n))),
    "runs of backticks, each shorter": lambda n: " ".join("`" * length for length in range(root(n), 0, -1)),
    "backticks that close each other": lambda n: "`a" * (n // 2),
    "pairs and singles of backticks": lambda n: "`` a ` " * (n // 7),
    "backticks alone": lambda n: "`" * n,
    "fences that open and never close": lambda n: "\n".join("~" * length for length in range(root(n), 2, -1)),
    "fences": lambda n: "```\n" * (n // 4),
    "addresses that do not end": lambda n: "<@" * (n // 2),
    "addresses that nearly are some": lambda n: "<@00000000-0000-0000-0000-00000000000>" * (n // 38),
    "lines": lambda n: "\r" * n,
    "lines in a fence that never closes": lambda n: "~~~" + "\n" * (n - 3),
    "lines before a fence": lambda n: "\n" * (n - 9) + "~~~",
    "spaces": lambda n: " \t" * (n // 2),
    "letters in one word of a rare script": lambda n: "\U00011013" * n,
    "letters and marks of a rare script": lambda n: "\U00011013\U00011046" * (n // 2),
    "code and addresses": lambda n: "`<@all>" * (n // 7),
}


def addressing(text: str, *, length: int) -> str:
    """Return a text with an address at its end: without one, nobody looks at what is code."""
    return text[: max(0, length - len(ADDRESS))] + ADDRESS[:length]


def root(n: int) -> int:
    """Return how many lengths, from 1 on, come to n characters with one between each two."""
    return int((2 * n) ** 0.5) - 2


def text_fields() -> list[tuple[type[AnyCommand], str, int]]:
    """Return every field of a command that people may write into, with the most characters that it takes."""
    found = []
    for kind in get_args(AnyCommand):
        info = type_info(kind)
        assert isinstance(info, StructType)
        found += [(kind, field.name, length) for field in info.fields for length in lengths(field)]
    return found


def lengths(field: Field) -> list[int]:
    kinds = getattr(field.type, "types", (field.type,))
    return [
        kind.max_length
        for kind in kinds
        if isinstance(kind, StrType) and kind.max_length and kind.min_length != kind.max_length
        if field.name not in FORMAL
    ]


def payload_for(kind: type[AnyCommand], room: PureRoom, message_id: str) -> dict[str, Any]:
    known = {"room_id": room.room_id, "id": message_id, "cid": "c", "kind": "channel", "name": "garden", "text": "x"}
    return {name: known[name] for name in kind.__struct_fields__ if name in known}
