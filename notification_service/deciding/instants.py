"""Points in time as this service keeps them: texts of one form, which sort as times do."""

from datetime import UTC, datetime


def text_of(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
