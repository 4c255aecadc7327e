"""Adapts to the store's speed: how large an append may be, how long it may take, and how many commands may wait.

Otherwise a slow store gets ever more to do: appends outlive their time, senders ask again, and nothing is acked.
"""

# At full speed this is some hundredths of a second of work, far below the store's timeout.
STEPS_AT_MOST = 1_000
# A fast store soon gets more than this, and a slow one can still handle it.
STEPS_AT_FIRST = 64
STEPS_AT_LEAST = 8
# So long an append may take where the last ones were quick. All rooms wait for it.
APPEND_SECONDS = 2.0
# A quarter of that, so that an append that takes longer than the last one is still in time.
SLOW_SECONDS = APPEND_SECONDS / 4
# With less time left than this, an append would mostly be in vain.
LEAST_SECONDS = 0.25
# About a second of work at full speed; anything more would only wait for its deadline.
WAITING_AT_MOST = 20_000
# Half of a command's time, so that a command that may wait is also decided in time.
WAIT_SECONDS = 4.0
WAITING_AT_LEAST = 100


class Pace:
    """Doubles the size of an append while appends are fast and full, and halves it when one is slow."""

    def __init__(self) -> None:
        self.steps = STEPS_AT_FIRST
        self._last_seconds = 0.0

    @property
    def least_seconds(self) -> float:
        """How much time a command must have left to be tried at all."""
        return max(LEAST_SECONDS, min(2 * self._last_seconds, WAIT_SECONDS))

    @property
    def append_seconds(self) -> float:
        """How long an append may take before each of its rooms is asked about alone."""
        return max(APPEND_SECONDS, min(2 * self._last_seconds, WAIT_SECONDS))

    @property
    def waiting_at_most(self) -> int:
        """How many commands may wait; more are refused at once instead of at their deadline."""
        if self._last_seconds <= SLOW_SECONDS / 2:
            return WAITING_AT_MOST
        return min(WAITING_AT_MOST, max(WAITING_AT_LEAST, int(self.steps / SLOW_SECONDS * WAIT_SECONDS)))

    def note(self, steps: int, seconds: float) -> None:
        """Take note of how long an append of so many steps took."""
        self._last_seconds = seconds
        if seconds > SLOW_SECONDS:
            self.steps = max(STEPS_AT_LEAST, min(self.steps, steps) // 2)
        elif steps >= self.steps and seconds < SLOW_SECONDS / 2:
            self.steps = min(STEPS_AT_MOST, self.steps * 2)
