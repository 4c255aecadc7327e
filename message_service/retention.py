"""Which messages retention takes, as a pure search that both stores share: it looks at a few of them only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatflow.wire.retention import Trim


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A room that keeps its messages for some days only."""

    room_id: str
    retention_days: int
    trimmed_n: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimPage:
    trims: list[Trim]
    # The id of the last room looked at, where there may be more.
    next: str | None


def find_trim(room: Kept, *, now: float, at_of: Callable[[int], str | None]) -> Trim | None:
    """Return how far the room is to be trimmed, if at all; `at_of` tells when a message was written, by its n.

    Messages are written one behind the other, so the border is found by halving.
    """
    oldest_kept = datetime.fromtimestamp(now, UTC) - timedelta(days=room.retention_days)
    border = oldest_kept.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def is_old(n: int) -> bool:
        at = at_of(n)
        return at is not None and at < border

    old, kept = room.trimmed_n, room.n + 1
    if old + 1 >= kept or not is_old(old + 1):
        return None
    while kept - old > 1:
        middle = (old + kept) // 2
        old, kept = (middle, kept) if is_old(middle) else (old, middle)
    return Trim(room_id=room.room_id, retention_days=room.retention_days, through_n=old)
