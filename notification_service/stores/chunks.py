"""Long lists of ids, a statement's worth at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Value = TypeVar("Value")

# A statement names no more: some builds of SQLite stop at 999 parameters.
CHUNK = 500


def chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
