"""Points in time as the log writes them: RFC 3339 in UTC with milliseconds, so that they sort as text."""

from datetime import UTC, datetime

from chatflow.errors import Invalid


def write_instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_instant(text: str, *, field: str) -> str:
    """Return a client's time in the log's form."""
    try:
        return write_instant(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise Invalid(f"Not a time - at `$.{field}`") from None


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
