"""Pushes what is due: finds out what each push says, sends it, and tells what the push service's answer means.

The second of two that a kill made has the same tag and takes the place of the first. One push at a time goes to an
endpoint, and some to a host: what is slow delays nobody else.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import SystemRandom

import structlog

from chatflow.ids import new_id
from notification_service.channels.stories import Stories, Story
from notification_service.channels.web_push.payload import push_of
from notification_service.channels.web_push.sender import Outcome, PushSender
from notification_service.channels.worker import NOT_MADE, Worker
from notification_service.deciding.deliveries import WEB_PUSH, Claimed, Settled
from notification_service.deciding.instants import text_of
from notification_service.deciding.notices import Notice
from notification_service.metrics import PUSH_LAG_SECONDS
from notification_service.stores.pushes import Pushes

log = structlog.get_logger(__name__)

# Whoever was not reached in a day looks for themselves.
LIVES_SECONDS = 24 * 3600
PAUSE_SECONDS = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
# Each pause is longer by up to so much, so that those who failed together do not come back together.
JITTER = 0.25
# Of one host: when one that is large stands still, the others have the rest.
OF_A_HOST_AT_ONCE = 64
TAKEN_AT_ONCE = 50
CHANCE = SystemRandom()


class PushWorker(Worker):
    channel = WEB_PUSH
    at_once = 256

    def __init__(
        self,
        *,
        pushes: Pushes,
        stories: Stories,
        sender: PushSender,
        site: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = CHANCE.random,
    ) -> None:
        super().__init__(deliveries=pushes, stories=stories, clock=clock)
        self._pushes = pushes
        self._sender = sender
        self._site = site
        self._chance = chance

    async def claim(self, free: int) -> list[Claimed]:
        hosts = Counter(one.host for one in self.busy.values())
        return await self._pushes.claim_due(
            **self.lease(),
            claim=new_id(),
            limit=min(free, TAKEN_AT_ONCE),
            busy=self.busy_endpoints,
            full=[host for host, count in hosts.items() if count >= OF_A_HOST_AT_ONCE],
        )

    async def deliver(self, claimed: Sequence[Claimed]) -> None:
        """Find out what the deliveries say, and send each by itself."""
        stories = await self.find_stories([one for one in claimed if one.subscription is not None])
        for one in claimed:
            story = stories.get(one.id)
            if story is None:
                self.settle(Settled(delivery=one, state="failed", reason="unsubscribed"))
            elif isinstance(story, Settled):
                self.settle(story)
            elif self.is_late(one):
                self.settle(Settled(delivery=one, state="expired"))
            else:
                self.tasks.start(self._send(one, story))

    async def _send(self, one: Claimed, story: Story) -> None:
        assert one.notice is not None  # noqa: S101 - else there is no story
        assert one.subscription is not None  # noqa: S101 - nor then
        seconds = (datetime.fromisoformat(one.expires_at) - self.clock()).total_seconds()
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
            self.settle(Settled(delivery=one, state="failed", error=NOT_MADE))
            return
        self.settle(self._settled_by(outcome, one, failures=one.subscription.failures))
        if outcome.result == "sent":
            self._count_lag(one.notice)

    def _settled_by(self, outcome: Outcome, one: Claimed, *, failures: int) -> Settled:
        if outcome.result == "sent":
            return Settled(delivery=one, state="sent")
        if outcome.result != "later":
            return Settled(delivery=one, state="failed", reason=outcome.result, error=outcome.error)
        pause = PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)] * (1 + JITTER * self._chance())
        wait = min(max(pause, outcome.retry_after or 0.0), LIVES_SECONDS)
        due_at = text_of(self.clock() + timedelta(seconds=wait))
        return Settled(delivery=one, state="waiting", error=outcome.error, due_at=due_at, asked=True, pauses=True)

    def _count_lag(self, notice: Notice) -> None:
        PUSH_LAG_SECONDS.observe((self.clock() - datetime.fromisoformat(notice.at)).total_seconds())
