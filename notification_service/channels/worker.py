"""Takes deliveries that are due with a lease, has their channel send them, and records how that ended.

If the process ends in between, another has its deliveries when the lease ends. So something is sent twice only if the
process was killed after sending it and before recording that.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import structlog

from chatflow.errors import ChatFlowError
from chatflow.process.running_tasks import RunningTasks
from notification_service.channels.stories import Stories, Story
from notification_service.deciding.deliveries import Claimed, Settled
from notification_service.deciding.instants import text_of
from notification_service.metrics import DELIVERIES
from notification_service.stores.deliveries import Deliveries

log = structlog.get_logger(__name__)

# Much longer than to find out what to say and to send it.
LEASE_SECONDS = 60.0
# Another process may have owed something, or died.
POLL_SECONDS = 1.0
# After a failure on our side.
RETRY_SECONDS = 1.0
# More than there are pauses while something is worth sending: only what goes wrong on our side comes so often.
ATTEMPTS_AT_MOST = 50
NOT_MADE = "It could not be made."


class Worker(ABC):
    """A channel says what it takes, and how that is sent; each of what was taken has to be settled."""

    channel: ClassVar[str]
    # So many endpoints have something under way at once.
    at_once: ClassVar[int]

    def __init__(
        self,
        *,
        deliveries: Deliveries,
        stories: Stories,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._deliveries = deliveries
        self._stories = stories
        self.clock = clock
        self.tasks = RunningTasks()
        self._wake = asyncio.Event()
        self._is_leaving = False
        # Those that this process has.
        self.busy: dict[int, Claimed] = {}
        self._settled: list[Settled] = []
        self._is_recording = False

    @abstractmethod
    async def claim(self, free: int) -> list[Claimed]:
        """Take what is due for up to so many endpoints, of which none is busy."""

    @abstractmethod
    async def deliver(self, claimed: Sequence[Claimed]) -> None:
        """Send these, or start to; whatever comes of it, each is settled in the end."""

    def wake(self) -> None:
        """Look at once: something is due."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, until cancelled or told to finish."""
        while not self._is_leaving:
            self._wake.clear()
            if claimed := await self._claim():
                self.busy |= {one.id: one for one in claimed}
                self.tasks.start(self.deliver(claimed))
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    async def finish(self) -> None:
        """Take nothing more, and return when what is under way is sent and recorded."""
        self._is_leaving = True
        while self.busy:
            self._wake.clear()
            await self._wake.wait()

    def cancel(self) -> None:
        self.tasks.cancel()

    @property
    def busy_endpoints(self) -> set[str]:
        return {one.endpoint for one in self.busy.values()}

    def lease(self) -> dict[str, str]:
        """Return from when to when what is taken now is ours alone."""
        now = self.clock()
        return {"now": text_of(now), "leased_until": text_of(now + timedelta(seconds=LEASE_SECONDS))}

    async def find_stories(self, claimed: Sequence[Claimed]) -> dict[int, Story | Settled]:
        """Return what is to be said of each, or how it ended; what cannot be found out now waits."""
        try:
            return await self._stories.find(claimed, now=self.clock())
        except ChatFlowError as error:
            log.warning("deliveries have to wait", channel=self.channel, error=error.message)
            return {one.id: self.put_off(one, error) for one in claimed}
        except Exception:
            log.exception("what is to be said cannot be found out", channel=self.channel, deliveries=len(claimed))
        if len(claimed) == 1:
            return {claimed[0].id: Settled(delivery=claimed[0], state="failed", error=NOT_MADE)}
        # One by one, to find the one for which it fails.
        stories: dict[int, Story | Settled] = {}
        for one in claimed:
            stories |= await self.find_stories([one])
        return stories

    def put_off(self, one: Claimed, error: ChatFlowError) -> Settled:
        """Let it wait a moment for the end of an outage on our side, which is no try."""
        due_at = text_of(self.clock() + timedelta(seconds=RETRY_SECONDS))
        return Settled(delivery=one, state="waiting", error=error.message, due_at=due_at)

    def is_late(self, one: Claimed) -> bool:
        return one.expires_at <= text_of(self.clock()) or one.attempts > ATTEMPTS_AT_MOST

    def settle(self, settled: Settled) -> None:
        """Have a result recorded, together with those that come meanwhile."""
        self._settled.append(settled)
        if not self._is_recording:
            self._is_recording = True
            self.tasks.start(self._record())

    async def _claim(self) -> list[Claimed]:
        free = self.at_once - len(self.busy_endpoints)
        if free <= 0:
            return []
        try:
            return await self.claim(free)
        except ChatFlowError as error:
            log.warning("deliveries have to wait", channel=self.channel, error=error.message)
            return []

    async def _record(self) -> None:
        try:
            while self._settled:
                some, self._settled = self._settled, []
                await self._record_some(some)
        finally:
            self._is_recording = False

    async def _record_some(self, some: list[Settled]) -> None:
        try:
            await self._deliveries.settle(some, now=text_of(self.clock()))
        except ChatFlowError as error:
            log.warning("what became of deliveries has to wait to be recorded", error=error.message)
            # Their endpoints stay busy, so that this process sends none of them again.
            self._settled = some + self._settled
            await asyncio.sleep(RETRY_SECONDS)
            return
        except Exception:
            # They come again when the lease ends, and not for ever.
            log.exception("what became of deliveries cannot be recorded", deliveries=len(some))
        for one in some:
            self.busy.pop(one.delivery.id, None)
            DELIVERIES.labels(self.channel, one.state).inc()
        self._wake.set()
