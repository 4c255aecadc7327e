"""Works out which numbers a page of history covers: messages are numbered without a gap, so a page is a range of n."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from message_service.stores.port import Span
from message_service.stores.sizes import Sheet

Shown = TypeVar("Shown")


class Numbers(NamedTuple):
    """From `first` to `last`, both included; empty if `last` is lower. All numbers are from `lowest` to `highest`."""

    first: int
    last: int
    lowest: int
    highest: int
    # The number that the page is about: its message is shown before any other.
    middle: int

    @property
    def has_before(self) -> bool:
        return self.first > self.lowest and self.highest >= self.lowest

    @property
    def has_after(self) -> bool:
        return self.last < self.highest


def numbers_of(span: Span, *, n: int, n_at: Callable[[int], int]) -> Numbers:
    """Return the range for a room with `n` messages; `n_at` counts the messages up to a seq."""
    lowest = n_at(span.floor - 1) + 1 if span.floor > 1 else 1
    if span.around is not None:
        middle = n_at(span.around)
        first = max(lowest, middle - (span.limit - 1) // 2)
        last = min(n, first + span.limit - 1)
        first = max(lowest, last - span.limit + 1)
    elif span.after is not None:
        first = middle = max(lowest, n_at(span.after) + 1)
        last = min(n, first + span.limit - 1)
    else:
        last = middle = n if span.before is None else n_at(span.before - 1)
        first = max(lowest, last - span.limit + 1)
    return Numbers(first, max(last, first - 1), lowest, n, max(first, min(middle, last)))


def fill_page(numbers: Numbers, *, read: Callable[[int, int, bool], Iterator[Shown]]) -> tuple[list[Shown], Numbers]:
    """Return what fits into one answer, from the middle outwards, and which numbers those are.

    `read` yields the messages of a range, newest first if asked to.
    """
    sheet = Sheet()
    kept_for_older = 0 if numbers.middle == numbers.first else sheet.bytes_left // 2
    sheet.bytes_left -= kept_for_older
    newer = sheet.take(read(numbers.middle, numbers.last, False))
    sheet.bytes_left += kept_for_older
    older = sheet.take(read(numbers.first, numbers.middle - 1, True), at_least=0) if newer else []
    shown = [*reversed(older), *newer]
    if not shown:
        return shown, numbers
    first = numbers.middle - len(older)
    return shown, numbers._replace(first=first, last=first + len(shown) - 1)
