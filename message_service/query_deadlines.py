"""Until when a query may take: whoever asks says how long they wait, and nothing is looked up for somebody who left.

What is not said is bounded all the same. Stores ask here; an append, which is never broken off, has its own deadline.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chatflow.errors import Unavailable

# The longest that anybody waits for an answer.
QUERY_SECONDS_AT_MOST = 10.0

# Nobody waits for so long, or comes so late: it is the clocks that differ, and the deadline says nothing.
CLOCKS_DIFFER_SECONDS = 60.0

# By the monotonic clock.
ENDS_AT: ContextVar[float | None] = ContextVar("ends_at", default=None)


@contextmanager
def answered_by(deadline: float | None) -> Iterator[None]:
    """Let the queries within end by this deadline (wall-clock seconds), or refuse them at once where it has passed."""
    left = QUERY_SECONDS_AT_MOST if deadline is None else min(QUERY_SECONDS_AT_MOST, deadline - time.time())
    if left <= 0:
        raise Unavailable("The deadline has passed.", retry_after=1.0)
    token = ENDS_AT.set(time.monotonic() + left)
    try:
        yield
    finally:
        ENDS_AT.reset(token)


def seconds_left() -> float | None:
    """Return how long the query under way may take yet, at least a moment; None: nobody bounds it."""
    ends_at = ENDS_AT.get()
    return None if ends_at is None else max(0.001, ends_at - time.monotonic())


def is_over() -> bool:
    ends_at = ENDS_AT.get()
    return ends_at is not None and time.monotonic() >= ends_at


def read_deadline(header: str | None) -> float | None:
    """Return what the header `X-Deadline` says; what is no number, or of another clock, says nothing."""
    try:
        deadline = float(header or "")
    except ValueError:
        return None
    return deadline if abs(deadline - time.time()) < CLOCKS_DIFFER_SECONDS else None
