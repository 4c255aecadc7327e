"""Which numbers a page of history covers: messages are numbered without a gap, so a page is a range of n."""

from collections.abc import Callable
from typing import NamedTuple

from message_service.store import Span


class Numbers(NamedTuple):
    """From `first` to `last`, both included; empty where `last` is below. `lowest` and `highest` bound all there is."""

    first: int
    last: int
    lowest: int
    highest: int

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
        first = max(lowest, n_at(span.around) - (span.limit - 1) // 2)
        last = min(n, first + span.limit - 1)
        first = max(lowest, last - span.limit + 1)
    elif span.after is not None:
        first = max(lowest, n_at(span.after) + 1)
        last = min(n, first + span.limit - 1)
    else:
        last = n if span.before is None else n_at(span.before - 1)
        first = max(lowest, last - span.limit + 1)
    return Numbers(first, max(last, first - 1), lowest, n)
