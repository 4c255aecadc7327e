"""A moment as the protocol writes it."""

from datetime import UTC, datetime
from functools import lru_cache


def instant(seconds: float) -> str:
    """Return RFC 3339 in UTC with milliseconds."""
    whole, microseconds = divmod(round(seconds * 1_000_000), 1_000_000)
    return f"{written_second(whole)}.{microseconds // 1000:03d}Z"


# Thousands of answers are written in the same second, and a date costs as much as reading the question.
@lru_cache(maxsize=8)
def written_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
