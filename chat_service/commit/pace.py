"""The store's speed: by it an append is as large as can be written in good time, and no more waits than has a chance.

Otherwise a slow store gets ever more to do: appends outlive their timeout, their senders ask again, nothing is acked.
"""

from chat_service.room_log import APPEND_SECONDS

# At full speed this is some hundredths of a second of work, and far from the store's timeout.
STEPS_AT_MOST = 1_000
# Grows quickly where the store is quick, and is digested by one that is not.
STEPS_AT_FIRST = 64
STEPS_AT_LEAST = 8
# A quarter of the timeout: what comes between two appends must not make one of them outlive it.
SLOW_SECONDS = APPEND_SECONDS / 4
# An append that can only be written in less time than this would mostly be in vain.
LEAST_SECONDS = 0.25
# About a second of work at full speed; more would only wait for its deadline.
WAITING_AT_MOST = 20_000
# Half of a command's time, so that whoever is let in is served.
WAIT_SECONDS = 4.0
WAITING_AT_LEAST = 100


class Pace:
    """Doubles what goes into an append while appends are quick and full, and halves it when one is slow."""

    def __init__(self) -> None:
        self.steps = STEPS_AT_FIRST
        self._last_seconds = 0.0

    @property
    def least_seconds(self) -> float:
        """What a command must have left of its time to be tried at all."""
        return max(LEAST_SECONDS, min(2 * self._last_seconds, APPEND_SECONDS))

    @property
    def waiting_at_most(self) -> int:
        """How many commands may wait; those past it are refused at once instead of at their deadline."""
        if self._last_seconds <= SLOW_SECONDS / 2:
            return WAITING_AT_MOST
        return min(WAITING_AT_MOST, max(WAITING_AT_LEAST, int(self.steps / SLOW_SECONDS * WAIT_SECONDS)))

    def note(self, steps: int, seconds: float) -> None:
        """An append of so many steps took so long."""
        self._last_seconds = seconds
        if seconds > SLOW_SECONDS:
            self.steps = max(STEPS_AT_LEAST, min(self.steps, steps) // 2)
        elif steps >= self.steps and seconds < SLOW_SECONDS / 2:
            self.steps = min(STEPS_AT_MOST, self.steps * 2)
