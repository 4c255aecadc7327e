"""Notices each publication of signals that did not arrive, by its sender's counter and the beats that repeat it."""

import time
from collections.abc import Callable

import structlog

from chatflow.wire.bus import Count
from gateway.metrics import SIGNALS_LOST

log = structlog.get_logger(__name__)

# A sender that was silent for so long has ended: it beats each second.
FORGOTTEN_SECONDS = 60.0


class SignalCounts:
    """`on_loss` is called when something that a sender published, or should have, has not come."""

    def __init__(self, *, on_loss: Callable[[], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._on_loss = on_loss
        self._monotonic = monotonic
        # sender → (counter, when it was heard)
        self._heard: dict[str, tuple[int, float]] = {}

    def on_publication(self, count: Count) -> None:
        self._hear(count, count.counter - 1)

    def on_beat(self, count: Count) -> None:
        self._hear(count, count.counter)

    def _hear(self, count: Count, before: int) -> None:
        """`before` is the last one that should have come before this."""
        now = self._monotonic()
        if count.sender not in self._heard:
            self._heard = {name: (last, at) for name, (last, at) in self._heard.items() if now - at < FORGOTTEN_SECONDS}
        last, _ = self._heard.get(count.sender, (None, now))
        self._heard[count.sender] = (max(last or 0, count.counter), now)
        if before <= (last or 0):
            return
        # What somebody published before they were heard at all was for others, or may have been for those here, too.
        if last is not None:
            SIGNALS_LOST.inc()
            log.info("signals were lost", sender=count.sender, counter=count.counter)
        self._on_loss()
