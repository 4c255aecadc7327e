"""What a worker asks when rooms became its own: where those stand in which something happened lately."""

import msgspec


class RecentAsk(msgspec.Struct, frozen=True, kw_only=True):
    """Rooms of these partitions with an event of the last seconds, by the clock of whoever decided it."""

    partitions: list[int]
    since_seconds: float


class RecentAnswer(msgspec.Struct, frozen=True):
    # room → head; of very many, those that changed last.
    heads: dict[str, int]
