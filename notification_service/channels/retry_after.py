"""Reads how long an answer asks to be left alone."""

from email.utils import parsedate_to_datetime


def seconds_of(retry_after: str | None, *, now: float) -> float | None:
    """Return how long to wait by the header, which has seconds or a date; None if it says nothing that can be read."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10:
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except (ValueError, OverflowError):
        return None
