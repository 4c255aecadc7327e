"""What alerts in large rooms take of memory: a batch is taken by people, however many its jobs concern."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from chatflow.wire.outbox import Job
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import ServiceProcess
from tests.notification_service.user_service_edge import UserServiceEdge

# A batch may have 100, which take far longer and no more memory.
JOBS = 4
PEOPLE = 10_000
# A portion takes 5; all people of these jobs at once take 57, of 100 jobs more than a gigabyte.
MEGABYTES_AT_MOST = 25
WITHIN_SECONDS = 90.0


@pytest.fixture
async def service(
    tmp_path: Path, valkey_url: str, edge: MessageServiceEdge, users: UserServiceEdge
) -> AsyncIterator[ServiceProcess]:
    service = ServiceProcess(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    await service.start()
    yield service
    await service.close()


async def test_a_batch_of_jobs_in_large_rooms_takes_no_more_memory_than_one_portion(
    service: ServiceProcess, edge: MessageServiceEdge
) -> None:
    process = psutil.Process(service.process.pid)
    before = process.memory_info().rss
    people = [recipient(f"person-{number:05}") for number in range(PEOPLE)]
    edge.store(*(details_about(Job("room", seq), *people) for seq in range(1, JOBS + 1)))
    peak = before
    async with asyncio.timeout(WITHIN_SECONDS):
        while edge.owed:
            await asyncio.sleep(0.02)
            peak = max(peak, process.memory_info().rss)

    assert sum(len(ask.jobs) > 1 for ask in edge.requests) >= 1
    assert (peak - before) / 1e6 <= MEGABYTES_AT_MOST
