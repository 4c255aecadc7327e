"""Leaving without anybody noticing: answers awaited, and clients sent elsewhere a few at a time."""

import asyncio

import structlog

from gateway.sessions.connection import Connection, People
from gateway.sessions.lifecycle import Lifecycle

log = structlog.get_logger(__name__)

# Of the 8 s in which a process has to be gone. Spread, so that the others do not get everybody at once.
SPREAD_SECONDS = 4.0
PAUSE_SECONDS = 0.05
ANSWERS_SECONDS = 2.0


async def drain(people: People, lifecycle: Lifecycle) -> None:
    connections = list(people)
    log.info("draining", connections=len(connections))
    steps = max(1, int(SPREAD_SECONDS / PAUSE_SECONDS))
    size = max(20, -(-len(connections) // steps))
    async with asyncio.TaskGroup() as tasks:
        for start in range(0, len(connections), size):
            for connection in connections[start : start + size]:
                tasks.create_task(send_away_when_answered(connection, lifecycle))
            if start + size < len(connections):
                await asyncio.sleep(PAUSE_SECONDS)


async def send_away_when_answered(connection: Connection, lifecycle: Lifecycle) -> None:
    """Wait a moment for what the client has asked, so that it need not ask again elsewhere."""
    for _ in range(int(ANSWERS_SECONDS / PAUSE_SECONDS)):
        if not connection.unanswered or connection.is_over:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    if not connection.is_over:
        lifecycle.send_away(connection, "draining")
