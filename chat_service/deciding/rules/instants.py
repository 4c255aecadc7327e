"""Points in time as clients write them, and the time between two of them."""

from datetime import datetime

from chatflow.errors import Invalid
from chatflow.instants import write_instant


def read_instant(text: str, *, field: str) -> str:
    """Return a client's time in the form that the log uses."""
    try:
        return write_instant(datetime.fromisoformat(text).timestamp())
    except ValueError:
        raise Invalid(f"Not a time - at `$.{field}`") from None


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
