"""Tells a running message_service that the clock is right."""

from datetime import UTC, datetime

from chatflow.process.settings import Settings
from chatflow.supervisor.reached_services import open_client
from chatflow.wire.clock import ClockAnswer, ClockRequest


async def declare_trust(settings: Settings) -> tuple[ClockAnswer, ClockAnswer]:
    """Return what the log's time was before, and what it is now."""
    async with open_client(settings, service="message_service") as client:
        before = await client.call("/internal/clock", ClockRequest(), ClockAnswer, idempotent=True)
        after = await client.call("/internal/clock", ClockRequest(trust=True), ClockAnswer, idempotent=True)
    return before, after


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="seconds")
