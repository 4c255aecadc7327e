"""Shuts a gateway down unnoticed: it waits for open answers and sends clients to other gateways a few at a time."""

import asyncio

import structlog

from gateway.sessions.connection import Connection, Connections
from gateway.sessions.lifecycle import Lifecycle

log = structlog.get_logger(__name__)

# A process has 8 s to end; this is the share for spreading reconnects, so that other gateways do not get all at once.
SPREAD_SECONDS = 4.0
PAUSE_SECONDS = 0.05
ANSWERS_SECONDS = 2.0


async def drain(connections: Connections, lifecycle: Lifecycle) -> None:
    all_connections = list(connections)
    log.info("draining", connections=len(all_connections))
    steps = max(1, int(SPREAD_SECONDS / PAUSE_SECONDS))
    size = max(20, -(-len(all_connections) // steps))
    async with asyncio.TaskGroup() as tasks:
        for start in range(0, len(all_connections), size):
            for connection in all_connections[start : start + size]:
                tasks.create_task(let_reconnect_when_answered(connection, lifecycle))
            if start + size < len(all_connections):
                await asyncio.sleep(PAUSE_SECONDS)


async def let_reconnect_when_answered(connection: Connection, lifecycle: Lifecycle) -> None:
    """Let the client connect anew after a short wait for its open answers, so that it need not ask again there."""
    for _ in range(int(ANSWERS_SECONDS / PAUSE_SECONDS)):
        if not connection.unanswered or connection.is_over:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    if not connection.is_over:
        lifecycle.let_reconnect(connection, "draining")
