"""Once a minute: deletes old notices and shortens long inboxes."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog

from chatflow.errors import ChatFlowError
from chatflow.process.settled_clock import SettledClock
from notification_service.stores.notices import Store

log = structlog.get_logger(__name__)

TIDY_SECONDS = 60.0
NOTICE_DAYS = 90
# In small steps, so that new notices and readers use the database in between.
FORGET_AT_ONCE = 500


async def tidy_for_ever(store: Store, *, grown: set[str], clock: SettledClock) -> None:
    """Tidy once a minute until cancelled. What fails is tried again a minute later."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        try:
            await tidy(store, grown=grown, clock=clock)
        except ChatFlowError as error:
            log.warning("tidying has to wait", error=error.message)


async def tidy(store: Store, *, grown: set[str], clock: SettledClock) -> None:
    """Delete notices that are too old, and the oldest in inboxes that grew too long."""
    if (now := clock.read()) is not None:
        await forget_old(store, now=datetime.fromtimestamp(now, UTC))
    while some := set(islice(grown, FORGET_AT_ONCE)):
        await store.shorten_inboxes(some)
        grown -= some


async def forget_old(store: Store, *, now: datetime) -> None:
    recorded_before = (now - timedelta(days=NOTICE_DAYS)).isoformat(timespec="milliseconds")
    forgotten = FORGET_AT_ONCE
    while forgotten == FORGET_AT_ONCE:
        forgotten = await store.forget_older(recorded_before=recorded_before, limit=FORGET_AT_ONCE)
