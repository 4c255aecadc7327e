"""Offers alerts again that nobody has taken over: the log says which, and the room's owner announces them."""

import asyncio

import structlog

from chat_service.room_log import RoomLog
from chatflow.errors import ChatFlowError
from chatflow.ids import PARTITIONS
from chatflow.jobs.port import RETRY_AFTER_SECONDS, JobQueue
from chatflow.leases.port import Lease, LeaseTable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0
JOBS_AT_ONCE = 500


async def offer_owed_forever(room_log: RoomLog, jobs: JobQueue, *, workers: LeaseTable, lease: Lease) -> None:
    """Look every few seconds; offering twice does no harm, and an alert that is taken over is owed no longer."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        own = partitions_of(workers, lease)
        if not own:
            continue
        try:
            owed = await room_log.owed(own, older_than_seconds=RETRY_AFTER_SECONDS, limit=JOBS_AT_ONCE)
        except ChatFlowError as error:
            log.warning("owed alerts cannot be read", error=str(error))
            continue
        if owed:
            log.info("alerts that were owed for long are offered again", jobs=len(owed))
            jobs.offer(owed)


def partitions_of(workers: LeaseTable, lease: Lease) -> list[int]:
    owners = ((partition, workers.owner_of(partition)) for partition in range(PARTITIONS))
    return [partition for partition, owner in owners if owner is not None and owner.id == lease.id]
