"""Sends what is due: takes deliveries with a lease, asks what they are to say, sends them, and records how that ended.

If the process ends in between, another has its deliveries when the lease ends. So a push is sent twice only if the
process was killed after sending it and before recording that; the second has the same tag and takes the place of the
first. One push at a time goes to an endpoint, and some to a host: what is slow delays nobody else.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import structlog

from chatflow.errors import ChatFlowError
from chatflow.ids import new_id
from chatflow.process.running_tasks import RunningTasks
from notification_service.channels.web_push.payload import Story, push_of
from notification_service.channels.web_push.sender import Outcome, PushSender
from notification_service.channels.web_push.stories import Stories
from notification_service.deciding.deliveries import WEB_PUSH, Claimed, Settled
from notification_service.deciding.notices import Notice
from notification_service.metrics import DELIVERIES, PUSH_LAG_SECONDS
from notification_service.stores.deliveries import Deliveries

log = structlog.get_logger(__name__)

# Whoever was not reached in a day looks for themselves.
LIVES_SECONDS = 24 * 3600
# Much longer than to find out what to say and to send it.
LEASE_SECONDS = 60.0
# Another process may have owed something, or died.
POLL_SECONDS = 1.0
PAUSE_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
# Each pause is longer by up to so much, so that those who failed together do not come back together.
JITTER = 0.25
# All at once, and of one host: when one that is large stands still, the others have the rest.
AT_ONCE, OF_A_HOST_AT_ONCE = 256, 64
TAKEN_AT_ONCE = 50
# More than there are pauses in a day: only what goes wrong on our side comes so often.
ATTEMPTS_AT_MOST = 50
NOT_MADE = "It could not be made."
CHANCE = SystemRandom()


class PushWorker:
    def __init__(
        self,
        *,
        deliveries: Deliveries,
        stories: Stories,
        sender: PushSender,
        site: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = CHANCE.random,
    ) -> None:
        self._deliveries = deliveries
        self._stories = stories
        self._sender = sender
        self._site = site
        self._clock = clock
        self._chance = chance
        self._tasks = RunningTasks()
        self._wake = asyncio.Event()
        self._is_leaving = False
        # Those that this process has, by endpoint.
        self._busy: dict[str, Claimed] = {}
        self._settled: list[Settled] = []
        self._is_recording = False

    def wake(self) -> None:
        """Look at once: something is due."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, until cancelled or told to finish."""
        while not self._is_leaving:
            self._wake.clear()
            if claimed := await self._claim():
                self._busy |= {one.endpoint: one for one in claimed}
                self._tasks.start(self._deliver(claimed))
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()

    async def finish(self) -> None:
        """Take nothing more, and return when what is under way is sent and recorded."""
        self._is_leaving = True
        while self._busy:
            self._wake.clear()
            await self._wake.wait()

    def cancel(self) -> None:
        self._tasks.cancel()

    async def _claim(self) -> list[Claimed]:
        free = AT_ONCE - len(self._busy)
        hosts = Counter(one.host for one in self._busy.values())
        now = self._clock()
        if free <= 0:
            return []
        try:
            return await self._deliveries.claim_due(
                now=text_of(now),
                leased_until=text_of(now + timedelta(seconds=LEASE_SECONDS)),
                claim=new_id(),
                limit=min(free, TAKEN_AT_ONCE),
                busy=list(self._busy),
                full=[host for host, count in hosts.items() if count >= OF_A_HOST_AT_ONCE],
            )
        except ChatFlowError as error:
            log.warning("pushes have to wait", error=error.message)
            return []

    async def _deliver(self, claimed: Sequence[Claimed]) -> None:
        """Find out what the deliveries say, and send each by itself."""
        stories = await self._find_stories([one for one in claimed if one.subscription is not None])
        for one in claimed:
            story = stories.get(one.id)
            if story is None:
                self._settle(Settled(delivery=one, state="failed", reason="unsubscribed"))
            elif isinstance(story, Settled):
                self._settle(story)
            elif self._is_late(one):
                self._settle(Settled(delivery=one, state="expired"))
            else:
                self._tasks.start(self._send(one, story))

    async def _find_stories(self, claimed: Sequence[Claimed]) -> dict[int, Story | Settled]:
        try:
            return await self._stories.find(claimed, now=self._clock())
        except ChatFlowError as error:
            log.warning("pushes have to wait", error=error.message, pushes=len(claimed))
            due_at = text_of(self._clock() + timedelta(seconds=PAUSE_SECONDS[0]))
            waiting = [Settled(delivery=one, state="waiting", error=error.message, due_at=due_at) for one in claimed]
            return {one.delivery.id: one for one in waiting}
        except Exception:
            log.exception("what pushes say cannot be found out", pushes=len(claimed))
        if len(claimed) == 1:
            return {claimed[0].id: Settled(delivery=claimed[0], state="failed", error=NOT_MADE)}
        # One by one, to find the one for which it fails.
        stories: dict[int, Story | Settled] = {}
        for one in claimed:
            stories |= await self._find_stories([one])
        return stories

    def _is_late(self, one: Claimed) -> bool:
        return one.expires_at <= text_of(self._clock()) or one.attempts > ATTEMPTS_AT_MOST

    async def _send(self, one: Claimed, story: Story) -> None:
        assert one.notice is not None  # noqa: S101 - else there is no story
        assert one.subscription is not None  # noqa: S101 - nor then
        seconds = (datetime.fromisoformat(one.expires_at) - self._clock()).total_seconds()
        try:
            push = push_of(
                one.notice,
                subscription=one.subscription,
                story=story,
                shows_text=one.subscription.shows_text,
                site=self._site,
                seconds_to_live=max(0, round(seconds)),
            )
            outcome = await self._sender.send(push, one.subscription)
        except Exception:
            log.exception("a push cannot be sent", notice_id=one.notice.id)
            self._settle(Settled(delivery=one, state="failed", error=NOT_MADE))
            return
        self._settle(self._settled_by(outcome, one, failures=one.subscription.failures))
        if outcome.result == "sent":
            self._count_lag(one.notice)

    def _settled_by(self, outcome: Outcome, one: Claimed, *, failures: int) -> Settled:
        if outcome.result == "sent":
            return Settled(delivery=one, state="sent")
        if outcome.result != "later":
            return Settled(delivery=one, state="failed", reason=outcome.result, error=outcome.error)
        pause = PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)] * (1 + JITTER * self._chance())
        wait = min(max(pause, outcome.retry_after or 0.0), LIVES_SECONDS)
        due_at = text_of(self._clock() + timedelta(seconds=wait))
        return Settled(delivery=one, state="waiting", error=outcome.error, due_at=due_at, pauses=True)

    def _count_lag(self, notice: Notice) -> None:
        PUSH_LAG_SECONDS.observe((self._clock() - datetime.fromisoformat(notice.at)).total_seconds())

    def _settle(self, settled: Settled) -> None:
        """Have a result recorded, together with those that come meanwhile."""
        self._settled.append(settled)
        if not self._is_recording:
            self._is_recording = True
            self._tasks.start(self._record())

    async def _record(self) -> None:
        try:
            while self._settled:
                some, self._settled = self._settled, []
                await self._record_some(some)
        finally:
            self._is_recording = False

    async def _record_some(self, some: list[Settled]) -> None:
        try:
            await self._deliveries.settle(some, now=text_of(self._clock()))
        except ChatFlowError as error:
            log.warning("what became of pushes has to wait to be recorded", error=error.message)
            # Their endpoints stay busy, so that this process sends none of them again.
            self._settled = some + self._settled
            await asyncio.sleep(PAUSE_SECONDS[0])
            return
        except Exception:
            # They come again when the lease ends, and not for ever.
            log.exception("what became of pushes cannot be recorded", pushes=len(some))
        for one in some:
            self._busy.pop(one.delivery.endpoint, None)
            DELIVERIES.labels(WEB_PUSH, one.state).inc()
        self._wake.set()


def text_of(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
