"""Ends subscriptions when their session or account ends, and those of browsers that are not heard of any more."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import structlog

from chatflow.auth.account_facts.pages import AccountDeactivated, Fact, SessionRevoked
from chatflow.errors import ChatFlowError
from chatflow.process.settled_clock import SettledClock
from notification_service.deciding.instants import text_of
from notification_service.stores.deliveries import Deliveries
from notification_service.stores.subscriptions import Subscriptions

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0
TIDY_SECONDS = 60.0
# As long as notices are kept.
DELIVERY_DAYS = 90
# In small steps, so that pushes go on in between.
AT_ONCE = 500


class EndedAccounts:
    """Ends subscriptions by the facts about accounts, also by those that come while the database is away."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._sessions: set[str] = set()
        self._people: set[str] = set()
        self._is_told = asyncio.Event()

    def note(self, facts: Iterable[Fact]) -> None:
        """Remember what has ended."""
        for fact in facts:
            match fact:
                case SessionRevoked(session_id=session_id):
                    self._sessions.add(session_id)
                case AccountDeactivated(user_id=user_id, holds=True):
                    self._people.add(user_id)
        if self._sessions or self._people:
            self._is_told.set()

    async def run(self) -> None:
        """End what was noted, until cancelled."""
        while True:
            await self._is_told.wait()
            self._is_told.clear()
            sessions, people, now = set(self._sessions), set(self._people), text_of(datetime.now(UTC))
            try:
                await self._subscriptions.end_of_sessions(sessions, now=now)
                await self._subscriptions.end_of_people(people, now=now)
            except ChatFlowError as error:
                log.warning("subscriptions of ended sessions have to wait", error=error.message)
                self._is_told.set()
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._sessions -= sessions
                self._people -= people


async def tidy_pushes_for_ever(
    deliveries: Deliveries, subscriptions: Subscriptions, *, unheard_days: int, clock: SettledClock
) -> None:
    """Tidy once a minute until cancelled. What fails is tried again a minute later."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        try:
            await tidy_pushes(deliveries, subscriptions, unheard_days=unheard_days, clock=clock)
        except ChatFlowError as error:
            log.warning("tidying of pushes has to wait", error=error.message)


async def tidy_pushes(
    deliveries: Deliveries, subscriptions: Subscriptions, *, unheard_days: int, clock: SettledClock
) -> None:
    """Delete deliveries that ended long ago, and end subscriptions whose session must have ended by now."""
    if (time := clock.read()) is None:
        return
    now = datetime.fromtimestamp(time, UTC)
    recorded_before = text_of(now - timedelta(days=DELIVERY_DAYS))
    while await deliveries.forget_ended(recorded_before=recorded_before, limit=AT_ONCE) == AT_ONCE:
        pass
    confirmed_before = text_of(now - timedelta(days=unheard_days))
    while (
        await subscriptions.end_unconfirmed(confirmed_before=confirmed_before, limit=AT_ONCE, now=text_of(now))
        == AT_ONCE
    ):
        pass
