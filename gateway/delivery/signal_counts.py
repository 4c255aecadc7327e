"""Notices lost publications of signals, by the counter in each publication and the beats that repeat it."""

import time
from collections.abc import Callable

import structlog

from chatflow.wire.bus import Count
from gateway.metrics import SIGNALS_LOST

log = structlog.get_logger(__name__)

# A sender beats each second, so one that was silent for this long has ended.
FORGOTTEN_SECONDS = 60.0


class SignalCounts:
    """`on_loss` is called when a publication has not arrived, or may have been missed."""

    def __init__(self, *, on_loss: Callable[[], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._on_loss = on_loss
        self._monotonic = monotonic
        # sender → (counter, when it came)
        self._received: dict[str, tuple[int, float]] = {}

    def on_publication(self, count: Count) -> None:
        self._note(count, count.counter - 1)

    def on_beat(self, count: Count) -> None:
        self._note(count, count.counter)

    def _note(self, count: Count, before: int) -> None:
        """Note a counter. `before` is the counter that should have come before this one."""
        now = self._monotonic()
        if count.sender not in self._received:
            self._received = {
                name: (last, at) for name, (last, at) in self._received.items() if now - at < FORGOTTEN_SECONDS
            }
        last, _ = self._received.get(count.sender, (None, now))
        self._received[count.sender] = (max(last or 0, count.counter), now)
        if before <= (last or 0):
            return
        # What a new sender published before its first one came may have been missed here, but does not count as lost.
        if last is not None:
            SIGNALS_LOST.inc()
            log.info("signals were lost", sender=count.sender, counter=count.counter)
        self._on_loss()
