"""A token bucket: how much may come at a time, and how fast."""

# What may come at once, in seconds of the steady rate. A bucket that rested for so long is full, and can be forgotten.
BURST_SECONDS = 10.0


class Bucket:
    """Fills with `rate` tokens a second; after a refusal there is none for `pause_seconds` at least."""

    __slots__ = ("_at", "_burst", "_closed_until", "_level", "_pause_seconds", "_rate", "refused")

    def __init__(self, rate: float, *, now: float, pause_seconds: float) -> None:
        self._rate = rate
        self._burst = self._level = rate * BURST_SECONDS
        self._at = now
        self._pause_seconds = pause_seconds
        self._closed_until = now
        # How many in a row.
        self.refused = 0

    def take(self, now: float) -> float:
        """Take a token and return 0, or how many seconds it is until there may be one."""
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
        """Take these too, of what was admitted: where they are not there, whatever comes next waits for them."""
        self._level -= tokens

    def is_resting(self, now: float) -> bool:
        """Tell whether it behaves like a new one."""
        return now - self._at >= BURST_SECONDS + max(0.0, -self._level) / self._rate
