"""Sends rooms' events to their webhooks: for each one at a time, in the order of the room, each until it is taken.

A position moves behind each event that was taken. If the process ends in between, another has the webhook when the
lease ends and goes on from there: so an event is sent twice only if it was taken and that was not recorded, under the
same id. Some webhooks are sent for at once, and some of a host: what is slow delays nobody else.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import SystemRandom

import msgspec
import structlog

from chatflow.errors import ChatFlowError
from chatflow.ids import new_id
from chatflow.instants import read_instant, write_instant
from chatflow.process.running_tasks import RunningTasks
from notification_service.channels.webhook.reading import HookReader, Page, Rows, body_of
from notification_service.channels.webhook.sender import HookSender, Outcome
from notification_service.deciding.hooks import (
    WEBHOOK,
    Hook,
    PauseReason,
    has_work,
    seconds_to_wait,
    why_to_pause,
)
from notification_service.deciding.notices import IN_APP, Notice
from notification_service.metrics import DELIVERIES
from notification_service.stores.hooks import Hooks

log = structlog.get_logger(__name__)

# Where nothing is new, a look asks message_service once for so many webhooks.
POLL_SECONDS = 1.0
LOOKED_AT = 500
# All at once, and of one host: when one that is large stands still, the others have the rest.
AT_ONCE, OF_A_HOST_AT_ONCE = 128, 16
# Then it is another one's turn; with one more request it is much less than the lease.
BOUT_SECONDS = 20.0
LEASE_SECONDS = 60.0
# While the log cannot be read.
OUTAGE_SECONDS = 5.0
CHANCE = SystemRandom()


class HookWorker:
    """`tell` tells people's devices of a notice that is recorded."""

    def __init__(
        self,
        *,
        hooks: Hooks,
        reader: HookReader,
        sender: HookSender,
        tell: Callable[[Notice], Awaitable[None]],
        is_deactivated: Callable[[str], bool],
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = CHANCE.random,
    ) -> None:
        self._hooks = hooks
        self._reader = reader
        self._sender = sender
        self._tell = tell
        self._is_deactivated = is_deactivated
        self._clock = clock
        self._chance = chance
        self._tasks = RunningTasks()
        self._wake = asyncio.Event()
        self._is_leaving = False
        # Those that this process sends for.
        self._busy: dict[str, Hook] = {}
        # Whether the last look found more than may be sent for at once.
        self._leaves_some = False

    async def run(self) -> None:
        """Send what there is, until cancelled or told to finish."""
        while not self._is_leaving:
            self._wake.clear()
            try:
                await self._look()
            except ChatFlowError as error:
                log.warning("webhooks have to wait", error=error.message)
            except Exception:
                # Whatever one webhook is like: the others, and all else that this process does, go on.
                log.exception("webhooks cannot be looked at")
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

    async def _look(self) -> None:
        """Begin to send for those that have something to send; who has waited the longest comes first."""
        after, self._leaves_some = ("", ""), False
        while not self._is_leaving and not self._leaves_some:
            due = await self._hooks.due(now=self._now(), after=after, limit=LOOKED_AT)
            await self._begin(self._fitting(await self._with_work(due)))
            if len(due) < LOOKED_AT:
                return
            after = (due[-1].due_at, due[-1].id)

    async def _with_work(self, due: Sequence[Hook]) -> list[Hook]:
        rows: Rows = await self._reader.rows([(hook.user_id, hook.room_id) for hook in due]) if due else {}
        return [
            hook
            for hook in due
            if hook.id not in self._busy
            and has_work(
                hook,
                rows.get((hook.user_id, hook.room_id)),
                is_deactivated=self._is_deactivated(hook.user_id),
            )
        ]

    def _fitting(self, wanted: Sequence[Hook]) -> list[Hook]:
        """Return as many of them as may be sent for at once."""
        hosts = Counter(hook.host for hook in self._busy.values())
        fitting: list[Hook] = []
        for hook in wanted:
            if len(self._busy) + len(fitting) >= AT_ONCE:
                self._leaves_some = True
                break
            if hosts[hook.host] < OF_A_HOST_AT_ONCE:
                hosts[hook.host] += 1
                fitting.append(hook)
        return fitting

    async def _begin(self, taken: Sequence[Hook]) -> None:
        leased_until = write_instant(self._clock() + LEASE_SECONDS)
        ids = [hook.id for hook in taken]
        for hook in await self._hooks.claim(ids, now=self._now(), leased_until=leased_until, claim=new_id()):
            self._busy[hook.id] = hook
            self._tasks.start(self._serve(hook))

    async def _serve(self, hook: Hook) -> None:
        try:
            await self._send_for(hook)
        except ChatFlowError as error:
            log.warning("a webhook has to wait", hook_id=hook.id, error=error.message)
            with suppress(ChatFlowError):
                # Else it comes again when the lease ends.
                await self._hooks.release(hook, due_at=write_instant(self._clock() + OUTAGE_SECONDS))
        except Exception:
            log.exception("a webhook cannot be sent for", hook_id=hook.id)
        finally:
            del self._busy[hook.id]
            if self._is_leaving or self._leaves_some:
                self._wake.set()

    async def _send_for(self, hook: Hook) -> None:
        """Send page by page, until all is sent, something is in the way, or it is another one's turn."""
        ends_at = self._clock() + BOUT_SECONDS
        is_behind = True
        while is_behind and self._clock() < ends_at and not self._is_leaving:
            page = await self._reader.page(hook)
            reason = why_to_pause(hook, page.row, is_deactivated=self._is_deactivated(hook.user_id))
            if reason is not None:
                await self._hooks.pause(hook, reason=reason)
                return
            reached = await self._send_page(hook, page, ends_at=ends_at)
            if reached is None:
                return
            hook = reached
            is_behind = page.row is not None and hook.seq < page.row.room.head
        await self._hooks.release(hook, due_at=self._now())

    async def _send_page(self, hook: Hook, page: Page, *, ends_at: float) -> Hook | None:
        """Send the events that it wants; return how it stands then, or None if it is not this try's any more."""
        for event in page.events:
            if event.type not in hook.events:
                continue
            if self._clock() >= ends_at or self._is_leaving:
                return hook
            body, message_id = body_of(hook, event)
            outcome = await self._sender.send(hook, body, message_id=message_id)
            DELIVERIES.labels(WEBHOOK, outcome.result).inc()
            if outcome.result != "taken":
                await self._settle_failure(hook, outcome, seq=event.seq)
                return None
            if not await self._hooks.advance(hook, seq=event.seq, delivered_at=self._now()):
                return None
            hook = hook.reaching(event.seq)
        if page.through_seq != hook.seq and not await self._hooks.advance(hook, seq=page.through_seq):
            return None
        return msgspec.structs.replace(hook, seq=page.through_seq)

    async def _settle_failure(self, hook: Hook, outcome: Outcome, *, seq: int) -> None:
        now = self._clock()
        failing_since = hook.failing_since or write_instant(now)
        wait = seconds_to_wait(
            failures=hook.failures,
            failing_seconds=now - read_instant(failing_since),
            retry_after=outcome.retry_after,
            chance=self._chance(),
        )
        if outcome.result == "gone" or wait is None:
            await self._pause(hook, reason="gone" if outcome.result == "gone" else "failing", outcome=outcome, seq=seq)
            return
        due_at = write_instant(now + wait)
        await self._hooks.fail(hook, error=outcome.error, due_at=due_at, failing_since=failing_since)

    async def _pause(self, hook: Hook, *, reason: PauseReason, outcome: Outcome, seq: int) -> None:
        """Pause it, and tell whoever it acts as; the notice leads to the event that was not taken."""
        notice = Notice(
            id=new_id(),
            user_id=hook.user_id,
            room_id=hook.room_id,
            seq=seq,
            channel=IN_APP,
            kind="webhook",
            actor=hook.user_id,
            at=self._now(),
        )
        if await self._hooks.pause(hook, reason=reason, error=outcome.error, notice=notice):
            log.info("a webhook is paused", hook_id=hook.id, reason=reason, error=outcome.error)
            await self._tell(notice)

    def _now(self) -> str:
        return write_instant(self._clock())
