"""The log's time: the wall clock as long as the monotonic clock confirms it, otherwise the time by the latter.

A wall clock that differs from that by more than an hour, at once or bit by bit, is doubted. Until it has stood for
the grace period, or somebody says that it is right, the log's time is the last trusted time plus what the machine has
run since, and retention takes nothing. That sum lacks the time in which the machine was off: after a restart, a wall
clock that is ahead of it is followed, though retention still waits.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import prometheus_client
import structlog
from msgspec.structs import replace

from chatflow.process.elapsed import elapsed_seconds

log = structlog.get_logger(__name__)

# More than time servers, drift and leap seconds move a clock, and less than any time that retention counts in.
DOUBTED_SECONDS = 3600.0
# The most by which a kernel lets a time server speed up a clock: 50 ms in 100 s.
DRIFT = 500e-6
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

DOUBTED = prometheus_client.Gauge("chatflow_clock_doubted", "1 while the wall clock is doubted and retention waits.")


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """How far the wall clock is ahead of the machine's running time, since when, and what the log's time was then."""

    ahead_seconds: float
    since_elapsed: float
    since_time: float


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """How far the wall clock was ahead of the machine's running time when it was last found right, and when that was.

    It stays fixed: compared only with the look before, a clock that runs thirty times too fast would never be far off.
    """

    ahead_seconds: float
    since_elapsed: float


class ClockMark(msgspec.Struct, frozen=True, kw_only=True):
    """What outlives a process: the log's time, and what this boot's monotonic clock said at that moment."""

    boot_id: str
    elapsed: float
    time: float
    # Goes on as the machine runs and is never set, so it tells for how long something has stood. It began as the
    # log's time (0: not kept yet); while the machine is off, it stands still.
    running_time: float = 0.0
    # None if the clock was not yet found right in this boot.
    anchor: Anchor | None = None
    # Whether the monotonic clock has run without a break since the time was last trusted.
    is_borne_out: bool = True
    doubt: Doubt | None = None
    # Set at the end of a doubt: events stamped between these two log times may be younger than their stamps.
    unsure_from: float | None = None
    unsure_until: float | None = None
    # How often somebody said that the clock is right; other processes learn of it by this number.
    trusts: int = 0


class RetentionTime(msgspec.Struct, frozen=True, kw_only=True):
    """The times for retention: ages by the log's time, the grace period by the running time (None: the same)."""

    now: float
    running_time: float | None = None
    grace_seconds: float = 0.0
    unsure_from: float | None = None
    unsure_until: float | None = None


class LogClock:
    """The log's clock; safe to call from any thread."""

    def __init__(
        self,
        mark: ClockMark | None,
        *,
        grace_seconds: float,
        wall: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = elapsed_seconds,
        boot_id: str = "",
    ) -> None:
        self._grace_seconds = grace_seconds
        self._wall = wall
        self._elapsed = elapsed
        self._turn = threading.Lock()
        self._mark = self._begin(mark, boot_id)
        self.read()

    def read(self) -> float:
        """Return the log's time, in wall-clock seconds."""
        with self._turn:
            mark = self._look()
            # If the machine was off since, its running time gives only the earliest time that it can be.
            return mark.time if mark.is_borne_out else max(mark.time, self._wall())

    @property
    def mark(self) -> ClockMark:
        """Return the mark to be stored."""
        with self._turn:
            return self._look()

    @property
    def is_doubted(self) -> bool:
        return self.mark.doubt is not None

    def for_retention(self) -> RetentionTime | None:
        """Return the times for retention; None while retention has to wait."""
        mark = self.mark
        if mark.doubt is not None:
            return None
        return RetentionTime(
            now=mark.time,
            running_time=mark.running_time,
            grace_seconds=self._grace_seconds,
            unsure_from=mark.unsure_from,
            unsure_until=mark.unsure_until,
        )

    def trust(self) -> None:
        """Trust the wall clock, because somebody says that it is right."""
        with self._turn:
            mark = self._look()
            self._mark = replace(self._trusting(mark), trusts=mark.trusts + 1)

    def note(self, kept: ClockMark | None) -> None:
        """Trust the wall clock if the stored mark shows that another process was told to."""
        with self._turn:
            mark = self._look()
            if kept is not None and kept.trusts > mark.trusts:
                self._mark = replace(self._trusting(mark), trusts=kept.trusts)

    def _begin(self, kept: ClockMark | None, boot_id: str) -> ClockMark:
        wall, elapsed = self._wall(), self._elapsed()
        if kept is None:
            return ClockMark(boot_id=boot_id, elapsed=elapsed, time=wall, running_time=wall)
        kept = replace(kept, running_time=kept.running_time or kept.time)
        if boot_id and kept.boot_id == boot_id and elapsed >= kept.elapsed:
            return kept
        doubt = Doubt(ahead_seconds=wall - elapsed, since_elapsed=elapsed, since_time=kept.time)
        return replace(kept, boot_id=boot_id, elapsed=elapsed, anchor=None, is_borne_out=False, doubt=doubt)

    def _look(self) -> ClockMark:
        wall, elapsed = self._wall(), self._elapsed()
        mark = self._mark
        ran = elapsed - mark.elapsed
        path = mark.time + ran
        mark = replace(mark, elapsed=elapsed, time=path, running_time=mark.running_time + ran)
        if is_right(wall, mark):
            anchor = mark.anchor or Anchor(ahead_seconds=wall - elapsed, since_elapsed=elapsed)
            mark = replace(mark, time=wall, anchor=anchor, is_borne_out=True, doubt=None)
        else:
            mark = self._doubting(mark, wall)
        if (mark.doubt is None) != (self._mark.doubt is None):
            log.warning("the wall clock is doubted" if mark.doubt else "the wall clock is trusted", ahead=wall - path)
        self._mark = mark
        DOUBTED.set(mark.doubt is not None)
        return mark

    def _doubting(self, mark: ClockMark, wall: float) -> ClockMark:
        doubt = mark.doubt or Doubt(ahead_seconds=wall - mark.elapsed, since_elapsed=mark.elapsed, since_time=mark.time)
        if abs(wall - mark.elapsed - doubt.ahead_seconds) > DOUBTED_SECONDS:
            # It was set once more.
            doubt = replace(doubt, ahead_seconds=wall - mark.elapsed, since_elapsed=mark.elapsed)
        mark = replace(mark, doubt=doubt)
        return self._trusting(mark) if mark.elapsed - doubt.since_elapsed >= self._grace_seconds else mark

    def _trusting(self, mark: ClockMark) -> ClockMark:
        """Make the wall clock the log's time, and remember since when stamps may be too early."""
        if mark.doubt is None:
            return mark
        wall = self._wall()
        earlier = [mark.doubt.since_time, *([] if mark.unsure_from is None else [mark.unsure_from])]
        anchor = Anchor(ahead_seconds=wall - mark.elapsed, since_elapsed=mark.elapsed)
        mark = replace(mark, time=wall, anchor=anchor, is_borne_out=True, doubt=None)
        return replace(mark, unsure_from=min(earlier), unsure_until=wall)


def is_right(wall: float, mark: ClockMark) -> bool:
    """Tell whether the wall clock can be trusted; the mark is of the same moment, its time by the machine's running."""
    if mark.anchor is None:
        return abs(wall - mark.time) <= DOUBTED_SECONDS
    off_seconds = abs(wall - mark.elapsed - mark.anchor.ahead_seconds)
    return off_seconds <= DOUBTED_SECONDS + DRIFT * (mark.elapsed - mark.anchor.since_elapsed)


def read_boot_id() -> str:
    """Return the id of this boot of the kernel; "" if there is none, and then every start counts as a new boot."""
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
