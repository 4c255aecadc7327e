"""Splits a list into batches of bounded size, for whatever takes only so much at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in order, in batches of this size; the last one may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
