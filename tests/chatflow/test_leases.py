"""A lease says who lives; each partition has one owner, and one that comes or goes moves only its own share."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import redis.asyncio
import uvloop
from structlog.testing import capture_logs

from chatflow.ids import PARTITIONS
from chatflow.leases import (
    LEASE_SECONDS,
    RENEW_SECONDS,
    Lease,
    LeaseKeeper,
    LeaseTable,
    cancelled,
    new_lease,
    owner_among,
)
from tests.chatflow.conditions import until


def workers(count: int) -> dict[str, Lease]:
    return {f"worker-{number}": Lease(id=f"worker-{number}", epoch="1") for number in range(1, count + 1)}


def owners(live: dict[str, Lease]) -> list[str | None]:
    return [owner.id if (owner := owner_among(live, partition)) else None for partition in range(PARTITIONS)]


@pytest.mark.parametrize("count", [2, 3, 8])
def test_the_partitions_are_shared_about_evenly(count: int) -> None:
    shares = Counter(owners(workers(count)))

    assert len(shares) == count
    assert max(shares.values()) < 2 * PARTITIONS / count


def test_a_death_moves_only_the_dead_ones_share() -> None:
    before = owners(workers(4))
    after = owners(workers(3))

    assert [b for b, a in zip(before, after, strict=True) if b != a] == [b for b in before if b == "worker-4"]


def test_nobody_alive_means_no_owner() -> None:
    assert owner_among({}, 7) is None


@pytest.fixture
async def table(valkey_url: str) -> AsyncIterator[LeaseTable]:
    table = LeaseTable(valkey_url, kind="worker", on_change=lambda: None)
    await table.start()
    yield table
    await table.close()


def test_a_connection_that_closes_under_a_renewal_costs_that_renewal_and_not_the_keeper(valkey_url: str) -> None:
    async def live() -> bool:
        keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
        await keeper.start()
        [connection] = keeper._redis.connection_pool._available_connections
        assert connection._writer is not None
        connection._writer.transport.abort()
        expired_at = asyncio.get_running_loop().time() + LEASE_SECONDS + 0.5
        await until(lambda: asyncio.get_running_loop().time() > expired_at)
        is_held = keeper.held
        await keeper.release()
        return is_held

    # The loop of the services: asyncio's own tells of a closed connection in another way.
    assert uvloop.run(live())


async def test_a_worker_is_seen_while_it_lives_and_gone_when_it_releases(valkey_url: str, table: LeaseTable) -> None:
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()
    await until(lambda: set(table.live) == {"worker-1"})
    held_before = keeper.held

    await keeper.release()

    assert (held_before, keeper.held) == (True, False)
    await until(lambda: table.live == {})


async def test_a_worker_knows_by_its_own_clock_when_its_lease_is_over(valkey_url: str) -> None:
    now = 100.0
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"), monotonic=lambda: now)
    await keeper.start()
    held_before = keeper.held

    now += 3.0

    assert (held_before, keeper.held) == (True, False)
    await keeper.release()


async def test_two_processes_of_one_name_are_told(valkey_url: str) -> None:
    keepers = [LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1")) for _ in range(2)]
    with capture_logs() as told:
        for keeper in keepers:
            await keeper.start()

        await until(lambda: any("another process goes by this name" in line["event"] for line in told))

    for keeper in keepers:
        await keeper.release()


async def test_a_process_that_was_started_again_is_no_other(valkey_url: str) -> None:
    gone = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    with capture_logs() as told:
        await gone.start()
        await cancelled(gone._task)
        await gone._redis.aclose()
        again = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
        await again.start()
        renewed_at = asyncio.get_running_loop().time() + 2 * RENEW_SECONDS
        await until(lambda: asyncio.get_running_loop().time() > renewed_at)

    assert [line for line in told if line["log_level"] == "error"] == []
    await again.release()


async def test_an_unreadable_lease_is_left_out(valkey_url: str, table: LeaseTable) -> None:
    client = redis.asyncio.Redis.from_url(valkey_url)
    await client.set("lease:worker:mallory", b"\xff garbage", px=5000)
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()

    await until(lambda: set(table.live) == {"worker-1"})

    await client.aclose()
    await keeper.release()


async def test_a_task_ends_whose_first_cancellation_redis_py_forgot() -> None:
    async def watch() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    task = asyncio.create_task(watch())
    await asyncio.sleep(0)

    await asyncio.wait_for(cancelled(task), 5)

    assert task.cancelled()
