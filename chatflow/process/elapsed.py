"""How long this machine has run: a clock that nobody sets and that goes on while the machine sleeps."""

import time

# On systems other than Linux the monotonic clock counts sleep itself, or there is no clock that does.
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed_seconds() -> float:
    return time.clock_gettime(CLOCK)
