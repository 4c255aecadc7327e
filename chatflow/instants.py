"""Points in time, written as RFC 3339 in UTC with milliseconds, so that they sort as text."""

from datetime import UTC, datetime
from functools import lru_cache


def write_instant(seconds: float) -> str:
    return written(round(seconds * 1_000_000) // 1000)


def read_instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


# A hundred answers may have the same millisecond, and writing it costs as much as the rest of such an answer.
@lru_cache(maxsize=8)
def written(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment.isoformat()[:19]}.{milliseconds % 1000:03d}Z"
