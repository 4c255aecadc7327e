"""What may be asked about the log's time, and said: that the wall clock is right."""

import msgspec


class ClockAsk(msgspec.Struct, frozen=True, kw_only=True):
    """`trust`: somebody has looked at the clock and says that it is right."""

    trust: bool = False


class ClockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Both in wall-clock seconds; while the clock is doubted retention waits."""

    log_time: float
    wall_time: float
    is_doubted: bool
