"""Every few seconds: counts the dead letters for the metrics, and forgets counts of failures that nobody needs."""

import asyncio
from datetime import UTC, datetime

import structlog

from chatflow.errors import ChatFlowError
from notification_service.metrics import DEAD_LETTER_AGE, DEAD_LETTERS
from notification_service.stores.failures import Failures

log = structlog.get_logger(__name__)

COUNT_SECONDS = 15.0


async def count_for_ever(failures: Failures) -> None:
    while True:
        try:
            await count(failures)
            await failures.forget_lost()
        except ChatFlowError as error:
            log.warning("dead letters cannot be counted", error=error.message)
        await asyncio.sleep(COUNT_SECONDS)


async def count(failures: Failures) -> None:
    number, oldest = await failures.dead_since()
    DEAD_LETTERS.set(number)
    DEAD_LETTER_AGE.set(0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds())
