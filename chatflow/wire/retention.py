"""A worker's question about retention: in which of its rooms messages have become too old, and up to which one."""

import msgspec


class TrimsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Looks through a bounded number of those rooms in these partitions that have a retention, by id, after `after`."""

    partitions: list[int]
    after: str = ""


class Trim(msgspec.Struct, frozen=True, kw_only=True):
    """Messages up to `through_n` are older than the room's current setting, `retention_days`, allows."""

    room_id: str
    retention_days: int
    through_n: int


class TrimsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    trims: list[Trim]
    # Ask on from here; None means that these were all.
    next: str | None
