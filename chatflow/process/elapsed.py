"""How long this machine has run: the clock that nobody sets, and which goes on while the machine sleeps."""

import time

# Elsewhere than on Linux the monotonic clock counts sleep by itself, or there is none that does.
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed_seconds() -> float:
    return time.clock_gettime(CLOCK)
