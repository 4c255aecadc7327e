"""Points in time as everybody writes them: RFC 3339 in UTC with milliseconds, so that they sort as text."""

from datetime import UTC, datetime
from functools import lru_cache


def write_instant(seconds: float) -> str:
    return written(round(seconds * 1_000_000) // 1000)


# A hundred answers may be written in the same millisecond, and a date costs as much as all else about one.
@lru_cache(maxsize=8)
def written(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment.isoformat()[:19]}.{milliseconds % 1000:03d}Z"
