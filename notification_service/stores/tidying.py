"""Once a minute: deletes old notices, shortens long inboxes, and counts overdue alerts."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog

from chatflow.errors import ChatFlowError
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import RETRY_AFTER_SECONDS
from chatflow.process.settled_clock import SettledClock
from chatflow.wire.outbox import OwedAnswer, OwedAsk
from notification_service.metrics import OVERDUE
from notification_service.stores.notices import Store

log = structlog.get_logger(__name__)

TIDY_SECONDS = 60.0
NOTICE_DAYS = 90
# In small steps, so that alerts and readers use the database in between.
FORGET_AT_ONCE = 500
OVERDUE_COUNTED = 1000


async def tidy_for_ever(store: Store, *, grown: set[str], message_service: ServiceClient, clock: SettledClock) -> None:
    """Tidy once a minute until cancelled. What fails is tried again a minute later."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        try:
            await tidy(store, grown=grown, clock=clock)
            await count_overdue(message_service)
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


async def count_overdue(message_service: ServiceClient) -> None:
    ask = OwedAsk(limit=OVERDUE_COUNTED, older_than_seconds=RETRY_AFTER_SECONDS)
    answer = await message_service.call("/internal/owed", ask, OwedAnswer, idempotent=True)
    OVERDUE.set(len(answer.jobs))
