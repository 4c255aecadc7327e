"""Limits how long a query may take: callers say how long they wait, and nothing is looked up for one who has gone.

Without such a time there is a limit all the same. Stores ask here; an append, never interrupted, has its own deadline.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chatflow.errors import Unavailable

# The longest that any caller waits for an answer.
QUERY_SECONDS_AT_MOST = 10.0

# By the monotonic clock.
ENDS_AT: ContextVar[float | None] = ContextVar("ends_at", default=None)


@contextmanager
def answered_within(seconds: float | None) -> Iterator[None]:
    """Make the queries within end in this time, or refuse them at once if none is left."""
    left = QUERY_SECONDS_AT_MOST if seconds is None else min(QUERY_SECONDS_AT_MOST, seconds)
    if left <= 0:
        raise Unavailable("The deadline has passed.", retry_after=1.0)
    token = ENDS_AT.set(time.monotonic() + left)
    try:
        yield
    finally:
        ENDS_AT.reset(token)


def seconds_left() -> float | None:
    """Return how long the current query may still take, at least a moment; None if nobody limits it."""
    ends_at = ENDS_AT.get()
    return None if ends_at is None else max(0.001, ends_at - time.monotonic())


def is_over() -> bool:
    ends_at = ENDS_AT.get()
    return ends_at is not None and time.monotonic() >= ends_at


def read_timeout(header: str | None) -> float | None:
    """Return how many seconds the header `X-Timeout` grants; a value that is not a number is ignored."""
    try:
        return None if header is None else float(header)
    except ValueError:
        return None
