"""What a worker asks about its rooms' retention: in which of them messages have become too old, and up to which."""

import msgspec


class TrimsAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Looks through a bounded number of the rooms in these partitions that have a retention, by id, from `after` on."""

    partitions: list[int]
    after: str = ""


class Trim(msgspec.Struct, frozen=True, kw_only=True):
    """Messages up to `through_n` are older than the room's setting, which is `retention_days` now, allows."""

    room_id: str
    retention_days: int
    through_n: int


class TrimsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    trims: list[Trim]
    # From where to go on; None: these were all.
    next: str | None
