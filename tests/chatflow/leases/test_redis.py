"""A lease says who lives; each partition has one owner, and one that comes or goes moves only its own share."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest
import redis.asyncio
import uvloop
from structlog.testing import capture_logs

from chatflow.ids import PARTITIONS
from chatflow.leases.port import (
    LEASE_SECONDS,
    RENEW_SECONDS,
    Lease,
    LeaseKeeper,
    LeaseTable,
    new_lease,
    owner_among,
)
from chatflow.process.ending import end
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
        [connection] = keeper._leases._redis.connection_pool._available_connections
        assert connection._writer is not None
        connection._writer.transport.abort()
        expired_at = asyncio.get_running_loop().time() + LEASE_SECONDS + 0.5
        await until(lambda: asyncio.get_running_loop().time() > expired_at)
        is_valid = keeper.is_valid
        await keeper.release()
        return is_valid

    # The loop of the services: asyncio's own tells of a closed connection in another way.
    assert uvloop.run(live())


async def test_a_worker_is_seen_while_it_lives_and_gone_when_it_releases(valkey_url: str, table: LeaseTable) -> None:
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()
    await until(lambda: set(table.live) == {"worker-1"})
    valid_before = keeper.is_valid

    await keeper.release()

    assert (valid_before, keeper.is_valid) == (True, False)
    await until(lambda: table.live == {})


async def test_a_worker_knows_by_its_own_clock_when_its_lease_is_over(valkey_url: str) -> None:
    now = 100.0
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"), monotonic=lambda: now)
    await keeper.start()
    valid_before = keeper.is_valid

    now += 3.0

    assert (valid_before, keeper.is_valid) == (True, False)
    await keeper.release()


async def test_two_processes_of_one_name_are_told(valkey_url: str) -> None:
    keepers = [LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1")) for _ in range(2)]
    with capture_logs() as told:
        for keeper in keepers:
            await keeper.start()

        await until(lambda: any("another process has this name too" in line["event"] for line in told))

    for keeper in keepers:
        await keeper.release()


async def test_a_process_that_was_started_again_is_no_other(valkey_url: str) -> None:
    gone = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    with capture_logs() as told:
        await gone.start()
        await end(gone._task)
        await gone._leases.close()
        again = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
        await again.start()
        renewed_at = asyncio.get_running_loop().time() + 2 * RENEW_SECONDS
        await until(lambda: asyncio.get_running_loop().time() > renewed_at)

    assert [line for line in told if line["log_level"] == "error"] == []
    await again.release()


async def test_an_unreadable_lease_is_left_out(valkey_url: str, table: LeaseTable) -> None:
    client = redis.asyncio.Redis.from_url(valkey_url)
    far_away = 2 * time.time() * 1000
    await client.zadd("leases:worker", {b"\xff garbage": far_away, b'{"id": "\xff", "epoch": ""}': far_away})
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()

    await until(lambda: set(table.live) == {"worker-1"})

    await client.delete("leases:worker")
    await client.aclose()
    await keeper.release()


async def test_a_process_that_is_started_again_under_its_name_has_its_share_at_once(
    valkey_url: str, table: LeaseTable
) -> None:
    gone, again = (LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1")) for _ in range(2))
    await gone.start()
    await end(gone._task)
    await gone._leases.close()
    await again.start()
    await table.refresh()
    seen = table.live

    # A death that was slow to happen takes nothing with it: the lease is another life's by now.
    late = LeaseKeeper(valkey_url, kind="worker", lease=gone._lease)
    await late.release()
    await table.refresh()
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        seen_by_the_former = await client.get("lease:worker:worker-1")

    assert seen == table.live == {"worker-1": again._lease}
    assert seen_by_the_former == msgspec.json.encode(again._lease)
    assert await table.find("worker-1") == again._lease
    await again.release()


async def test_a_lease_too_young_for_the_table_is_found(valkey_url: str) -> None:
    table = LeaseTable(valkey_url, kind="worker", on_change=lambda: None)
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()

    assert await table.find("worker-1") == keeper._lease
    assert await table.find("worker-2") is None
    await keeper.release()
    assert await table.find("worker-1") is None
    await table.close()


async def test_a_lease_that_nobody_renews_ends_by_the_clock_of_redis(
    valkey_url: str, table: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    keepers = [LeaseKeeper(valkey_url, kind="worker", lease=new_lease(f"worker-{number}")) for number in (1, 2)]
    for keeper in keepers:
        await keeper.start()
    await until(lambda: set(table.live) == {"worker-1", "worker-2"})
    # Ours is a day ahead, and says nothing of who lives.
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + 86_400)
    await end(keepers[0]._task)
    await keepers[0]._leases.close()

    await until(lambda: set(table.live) == {"worker-2"})
    await keepers[1].release()


async def test_what_redis_forgot_is_there_again_and_its_keeper_told(valkey_url: str, table: LeaseTable) -> None:
    told: list[str] = []
    keeper = LeaseKeeper(
        valkey_url, kind="worker", lease=new_lease("worker-1"), on_missing=lambda: told.append("missing")
    )
    await keeper.start()
    await until(lambda: set(table.live) == {"worker-1"})
    before = len(told)
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.flushall()

    await until(lambda: len(told) == before + 1)
    await until(lambda: set(table.live) == {"worker-1"})
    assert keeper.is_valid
    await keeper.release()


async def test_a_process_that_paused_for_longer_than_its_lease_is_told(valkey_url: str, table: LeaseTable) -> None:
    told: list[str] = []
    keeper = LeaseKeeper(
        valkey_url, kind="worker", lease=new_lease("worker-1"), on_missing=lambda: told.append("missing")
    )
    await keeper.start()
    await until(lambda: set(table.live) == {"worker-1"})
    await end(keeper._task)
    before = len(told)
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        # As the leases of others do, it keeps the set, in which this one still stands.
        await client.persist("leases:worker")
        await until(lambda: table.live == {})
        assert await client.zcard("leases:worker") == 1

    await keeper._renew()

    assert len(told) == before + 1
    await keeper.release()


async def test_a_process_of_the_version_before_sees_this_one_and_is_seen_by_it(
    valkey_url: str, table: LeaseTable
) -> None:
    """That version kept a key for each lease, and listened for commands like this one."""
    former = new_lease("worker-0")
    keeper = LeaseKeeper(valkey_url, kind="worker", lease=new_lease("worker-1"))
    await keeper.start()
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        bus = client.pubsub()
        await bus.subscribe("commands.worker-0")
        await client.set("lease:worker:worker-0", msgspec.json.encode(former), px=60_000)
        await until(lambda: table.live == {"worker-0": former, "worker-1": keeper._lease})
        seen_by_the_former = await client.get("lease:worker:worker-1")
        await client.delete("lease:worker:worker-0")
        await until(lambda: table.live == {"worker-1": keeper._lease})
        await bus.aclose()  # type: ignore[no-untyped-call]
        await keeper.release()
        left = await client.keys("lease*")

    assert seen_by_the_former == msgspec.json.encode(keeper._lease)
    assert left == []


async def test_looking_at_leases_costs_nothing_for_what_else_redis_holds(valkey_url: str, table: LeaseTable) -> None:
    async with redis.asyncio.Redis.from_url(valkey_url) as client:
        await client.config_resetstat()
        for _ in range(3):
            await table.refresh()
            await table.find("worker-1")
        asked = set(await client.info("commandstats"))

    assert not asked & {"cmdstat_scan", "cmdstat_keys"}
    assert "cmdstat_zrange" in asked
