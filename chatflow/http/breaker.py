"""A circuit breaker: after several failures in a row it refuses calls at once, then lets one through as a probe."""

import time
from collections.abc import Callable

from prometheus_client import Gauge

FAILURES_TO_OPEN = 5
# Long enough to spare a struggling service, short enough to be back within the promised 10 s.
OPEN_SECONDS = 1.0

STATE = Gauge("chatflow_breaker_open", "1 while calls to this service are refused at once.", ["service"])


class Breaker:
    """Closed, open, or half-open with one call under way."""

    def __init__(self, service: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._state = STATE.labels(service)
        self._failures = 0
        self._open_until = 0.0
        self._probing = False

    def admits(self) -> bool:
        """Tell whether a call may be made now; while open, a yes is for a single probe, whose end must be reported."""
        if self._failures < FAILURES_TO_OPEN:
            return True
        if self._probing or self._monotonic() < self._open_until:
            return False
        self._probing = True
        return True

    def succeed(self) -> None:
        self._failures = 0
        self._probing = False
        self._state.set(0)

    def fail(self) -> None:
        self._failures += 1
        self._probing = False
        if self._failures >= FAILURES_TO_OPEN:
            self._open_until = self._monotonic() + OPEN_SECONDS
            self._state.set(1)

    def abandon(self) -> None:
        """Note that the call was cancelled, which says nothing about the service."""
        self._probing = False
