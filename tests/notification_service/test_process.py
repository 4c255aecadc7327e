"""The service as a process: it counts, stops politely, and tells everybody after all when it was killed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.jobs.rabbitmq import RabbitQueue
from chatflow.wire.outbox import Job
from notification_service.service import until_told_or_broken
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import ServiceInside, ServiceProcess
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.servers import open_valkey

BOB = new_id()
WITHIN_SECONDS = 10.0


@pytest.fixture
async def process(
    tmp_path: Path, valkey_url: str, edge: MessageServiceEdge, users: UserServiceEdge
) -> AsyncIterator[ServiceProcess]:
    process = ServiceProcess(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    await process.start()
    yield process
    await process.close()


async def test_it_counts_what_it_does(process: ServiceProcess, edge: MessageServiceEdge) -> None:
    edge.store(
        details_about(Job("room", 1), recipient(BOB)), details_about(Job("room", 2), recipient(BOB, level="none"))
    )
    await until(lambda: not edge.owed)

    _, metrics = await process.ask("GET", "/metrics", token="none")

    assert "chatflow_jobs_taken_total 2.0" in metrics
    assert 'chatflow_notices_total{kind="mention"} 1.0' in metrics
    assert 'chatflow_notices_suppressed_total{reason="room_level"} 1.0' in metrics
    assert "chatflow_alert_lag_seconds_count 1.0" in metrics


async def test_what_clients_do_on_their_way_out_is_nothing_to_report(
    process: ServiceProcess, users: UserServiceEdge
) -> None:
    head = f"POST /api/notifications/read HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {users.sign(BOB)}\r\n"
    # One hangs up in the middle of its body, and one speaks no HTTP.
    reader, leaver = await asyncio.open_connection("127.0.0.1", process.port)
    leaver.write(f"{head}Content-Length: 100\r\nExpect: 100-continue\r\n\r\n".encode())
    assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
    leaver.transport.abort()
    reader, babbler = await asyncio.open_connection("127.0.0.1", process.port)
    babbler.write(b"a-secret of somebody\r\n\r\n")
    await reader.read()
    babbler.close()

    assert await process.is_ready()
    status, _ = await process.terminate()

    log = process.log.read_text()
    assert status == 0
    assert "listening" in log
    assert "Traceback" not in log
    assert "a-secret of somebody" not in log


@pytest.mark.usefixtures("migrated_sqlite")
async def test_it_is_not_ready_while_the_bus_is_away(
    tmp_path: Path, edge: MessageServiceEdge, users: UserServiceEdge
) -> None:
    with open_valkey(tmp_path / "valkey") as valkey:
        service = ServiceInside(tmp_path, redis_url=valkey.url, messages=edge, users=users)
        await service.start()
        valkey.kill()
        async with asyncio.timeout(WITHIN_SECONDS):
            while await service.is_ready():
                pass

        status, answer = await service.ask("GET", "/ready", token="none")

        assert (status, answer["checks"]["bus"], answer["checks"]["database"]) == (503, "not connected to Redis", "ok")
        await service.close()


async def test_a_part_that_breaks_ends_the_service() -> None:
    async def breaks() -> None:
        raise LookupError

    async def lasts() -> None:
        await asyncio.Event().wait()

    broken, lasting = asyncio.create_task(breaks()), asyncio.create_task(lasts())

    with pytest.raises(LookupError):
        async with asyncio.timeout(WITHIN_SECONDS):
            await until_told_or_broken(asyncio.Event(), [broken, lasting])
    lasting.cancel()


async def test_it_stops_politely(process: ServiceProcess) -> None:
    status, seconds = await process.terminate()

    assert status == 0, process.log.read_text()
    assert seconds < 8


async def test_it_stops_politely_while_the_log_is_away_and_a_batch_is_open(
    process: ServiceProcess, edge: MessageServiceEdge
) -> None:
    await edge.stop()

    status, seconds = await process.terminate()

    assert (status, seconds < 8) == (0, True)


async def test_killed_in_the_middle_it_tells_everybody_after_all_and_nobody_twice_by_another_id(
    process: ServiceProcess, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    total = 0
    for _ in range(4):
        edge.store(*(details_about(Job("room", total + seq), recipient(BOB)) for seq in range(1, 301)))
        total += 300
        await until(lambda: bool(edge.cleared) and bool(edge.owed))
        await process.close()
        edge.cleared.clear()
        await process.start()

    await until(lambda: not edge.owed, within_seconds=15)
    await until(lambda: len(set(sockets.ids())) == total)
    _, page = await process.ask("GET", "/api/notifications", user_id=BOB)
    assert page["unread"] == min(total, 1000)


async def test_stopped_politely_in_the_middle_it_tells_nobody_twice(
    process: ServiceProcess, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    for first in (1, 301, 601):
        edge.store(*(details_about(Job("room", seq), recipient(BOB)) for seq in range(first, first + 300)))
        await until(lambda: bool(edge.cleared) and bool(edge.owed))
        await process.terminate()
        edge.cleared.clear()
        await process.start()

    await until(lambda: not edge.owed, within_seconds=15)
    await until(lambda: len(set(sockets.ids())) == 900)
    assert len(sockets.ids()) == 900


async def test_jobs_come_through_rabbitmq_to_postgresql_as_well(
    process: ServiceProcess, rabbitmq_url: str, postgres_url: str, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    await process.close()
    process.settings |= {"job_queue_url": rabbitmq_url, "notification_database_url": postgres_url}
    await process.start()
    queue = RabbitQueue(rabbitmq_url)
    await queue.start()

    queue.offer(edge.store(details_about(Job("room", 1), recipient(BOB))))

    await until(lambda: not edge.owed and len(sockets.told) == 1)
    assert (await process.ask("GET", "/api/notifications", user_id=BOB))[1]["unread"] == 1
    await queue.close()
    assert await process.terminate() < (1, 0)
