"""A moment as the protocol writes it."""

from datetime import UTC, datetime
from functools import lru_cache


def instant(seconds: float) -> str:
    """Return RFC 3339 in UTC with milliseconds."""
    return written(round(seconds * 1_000_000) // 1000)


# A hundred answers may be written in the same millisecond, and a date costs as much as all else about one.
@lru_cache(maxsize=8)
def written(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"
