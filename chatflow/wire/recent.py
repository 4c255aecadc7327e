"""The question of a worker that takes over rooms: the heads of those in which something happened lately."""

import msgspec


class RecentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks for rooms in these partitions with an event in the last seconds, by the clock of its worker."""

    partitions: list[int]
    since_seconds: float


class RecentAnswer(msgspec.Struct, frozen=True):
    # room → head; if there are very many, those that changed last.
    heads: dict[str, int]
