"""Asking about the log's time, and telling message_service that the wall clock is right."""

import msgspec


class ClockRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`trust` means that somebody has checked the clock and says that it is right."""

    trust: bool = False


class ClockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Both times in wall-clock seconds; while the clock is doubted, retention waits."""

    log_time: float
    wall_time: float
    is_doubted: bool
