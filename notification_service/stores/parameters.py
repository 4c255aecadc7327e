"""What a client may name, and how lists of values become parameters of a statement."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import msgspec

# An id of ours, or what could be one: PostgreSQL takes no NUL in a text.
Id = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[^\x00]*$")]

# A statement names no more: some builds of SQLite stop at 999 parameters.
CHUNK = 500


def marks(values: Sequence[Any]) -> str:
    """Return a placeholder for each value."""
    return ", ".join("?" * len(values))


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
