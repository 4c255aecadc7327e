"""Limits the size of an answer: items are added to a page for as long as they fit into it."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

Item = TypeVar("Item")

# With forty readers at a time there are forty of these, some times over, while they are answered.
PAGE_BYTES = 1024 * 1024

# The size of one answer to a gateway about many people, and the part of it that each person gets for certain.
ANSWER_BYTES = 8 * 1024 * 1024
PERSON_BYTES = 64 * 1024

encode = msgspec.json.Encoder().encode


class Sheet:
    """One answer, and how much may still be added to it."""

    def __init__(self, bytes_left: int | None = None) -> None:
        self.bytes_left = PAGE_BYTES if bytes_left is None else bytes_left
        self.is_full = False

    def take(self, items: Iterable[Item], *, at_least: int = 1, at_most: int | None = None) -> list[Item]:
        """Return the items that fit, taken one by one, so that those that do not fit are not even read."""
        taken: list[Item] = []
        for item in items:
            size = len(encode(item))
            if len(taken) == at_most or (size > self.bytes_left and len(taken) >= at_least):
                self.is_full = True
                break
            self.bytes_left -= size
            taken.append(item)
        return taken


class Answer:
    """One answer about many people: the first ones get a whole page each, the others what is left."""

    def __init__(self) -> None:
        self._bytes_left = ANSWER_BYTES

    def take(self, items: Iterable[Item]) -> list[Item]:
        page = Sheet(max(PERSON_BYTES, min(PAGE_BYTES, self._bytes_left)))
        given = page.bytes_left
        taken = page.take(items)
        self._bytes_left -= given - page.bytes_left
        return taken
