"""A token bucket: it limits how much may come at once, and how fast."""

# The burst where none is named, in seconds of the steady rate. A bucket that has rested for as long as its burst takes
# is full, and can be dropped.
BURST_SECONDS = 10.0


class Bucket:
    """Fills with `rate` tokens a second up to `burst`; after a refusal it gives none for at least `pause_seconds`."""

    __slots__ = ("_at", "_burst", "_closed_until", "_level", "_pause_seconds", "_rate", "refused")

    def __init__(self, rate: float, *, now: float, pause_seconds: float, burst: float | None = None) -> None:
        self._rate = rate
        self._burst = self._level = rate * BURST_SECONDS if burst is None else burst
        self._at = now
        self._pause_seconds = pause_seconds
        self._closed_until = now
        # Refusals in a row.
        self.refused = 0

    def take(self, now: float) -> float:
        """Take a token and return 0, or return the seconds until there may be one."""
        level = self._level + (now - self._at) * self._rate
        self._level = level = min(level, self._burst)
        self._at = now
        if now < self._closed_until:
            self.refused += 1
            return self._closed_until - now
        self.refused = 0
        if level >= 1.0:
            self._level = level - 1.0
            return 0.0
        pause = max(self._pause_seconds, (1.0 - level) / self._rate)
        self._closed_until = now + pause
        return pause

    def charge(self, tokens: float) -> None:
        """Take more tokens for something already admitted; if there are too few, whatever comes next waits for them."""
        self._level -= tokens

    def is_resting(self, now: float) -> bool:
        """Tell whether it behaves like a new bucket, so can be dropped."""
        return now - self._at >= (self._burst + max(0.0, -self._level)) / self._rate
