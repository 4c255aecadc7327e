"""Offers jobs again that nobody has taken over: the log says which, and the room's owner announces them."""

import asyncio
from collections.abc import Mapping

import structlog

from chat_service.room_log import RoomLog
from chatflow.errors import ChatFlowError
from chatflow.ids import PARTITIONS
from chatflow.jobs.port import OFFER_AGAIN_AFTER_SECONDS, JobQueue
from chatflow.leases.port import Lease, LeaseTable

log = structlog.get_logger(__name__)

OFFER_AGAIN_SECONDS = 10.0
JOBS_AT_ONCE = 500


async def offer_owed_forever(
    room_log: RoomLog, jobs: Mapping[str, JobQueue], *, workers: LeaseTable, lease: Lease
) -> None:
    """Offer what is owed again every few seconds; twice does no harm, and what is taken over is owed no longer."""
    while True:
        await asyncio.sleep(OFFER_AGAIN_SECONDS)
        if own := partitions_of(workers, lease):
            for consumer, queue in jobs.items():
                await offer_owed(room_log, queue, partitions=own, consumer=consumer)


async def offer_owed(room_log: RoomLog, queue: JobQueue, *, partitions: list[int], consumer: str) -> None:
    try:
        owed = await room_log.owed(
            partitions, consumer=consumer, older_than_seconds=OFFER_AGAIN_AFTER_SECONDS, limit=JOBS_AT_ONCE
        )
    except ChatFlowError as error:
        log.warning("owed jobs cannot be read", consumer=consumer, error=str(error))
        return
    if owed:
        log.info("jobs that were owed for long are offered again", consumer=consumer, jobs=len(owed))
        queue.offer(owed)


def partitions_of(workers: LeaseTable, lease: Lease) -> list[int]:
    owners = ((partition, workers.owner_of(partition)) for partition in range(PARTITIONS))
    return [partition for partition, owner in owners if owner is not None and owner.id == lease.id]
