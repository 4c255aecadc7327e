"""How lists of values become parameters of a statement."""

from collections.abc import Iterator, Sequence
from typing import Any

# A statement names no more: some builds of SQLite stop at 999 parameters.
CHUNK = 500


def marks(values: Sequence[Any]) -> str:
    """Return a placeholder for each value."""
    return ", ".join("?" * len(values))


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
