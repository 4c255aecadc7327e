"""Ownership is only for speed: two owners at once, a late one, and owners that come and go break no promise."""

import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chatflow.conditions import until
from tests.faults.traffic import Traffic, open_traffic
from tests.faults.trapped_system import TrappedSystem, open_trapped_system
from tests.journeys.scales import TWO, Scale
from tests.journeys.test_kills import assert_every_promise_kept

pytestmark = pytest.mark.scales(TWO)

TWO_WORKERS = {"CHATFLOW_WORKERS": "2"}
WORKERS = ("chat_service-1", "chat_service-2")
RECOVERED_WITHIN_SECONDS = 5.0


def count(system: TrappedSystem, worker: str, outcome: str) -> float:
    """Return how many commands came to that at this worker, by its own metrics."""
    rows = json.loads((system.data / "run" / "processes.json").read_bytes())
    port = next(row["port"] for row in rows if row["name"] == worker)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
        found = re.search(rf'^chatflow_commands_total{{outcome="{outcome}"}} (\S+)$', response.read().decode(), re.M)
    return 0.0 if found is None else float(found[1])


async def first_ack_after(traffic: Traffic, room_id: str) -> float:
    """Send something in the room and return how long that took."""
    begun = time.monotonic()
    await traffic.people[0].devices[0].send_until_acked(room_id, "is anybody there", within_seconds=20)
    return time.monotonic() - begun


async def finish(traffic: Traffic) -> None:
    await traffic.acks(60, within_seconds=20)
    await traffic.stop()
    await traffic.settle()
    assert_every_promise_kept(traffic.judge())


async def test_two_workers_that_both_own_every_room_break_no_promise(
    scale: Scale, tmp_path: Path, keeps_connections: bool
) -> None:
    settings = {**scale.settings, **TWO_WORKERS}
    with open_trapped_system(tmp_path / "system", settings=settings, build="two-owners") as system:
        async with open_traffic(system.url, tmp_path / "history", keeps_connections=keeps_connections) as traffic:
            traffic.start()
            async with traffic.fault("two owners of every room"):
                await traffic.acks(1_000, within_seconds=60)
            stored = [count(system, worker, "stored") for worker in WORKERS]
            decided_again = [count(system, worker, "decided_again") for worker in WORKERS]
            await finish(traffic)

    assert min(stored) > 100
    # Each has lost a race.
    assert min(decided_again) > 0


@pytest.fixture(scope="module")
def system(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrappedSystem]:
    settings = {**scale.settings, **TWO_WORKERS}
    with open_trapped_system(tmp_path_factory.mktemp("owners"), settings=settings) as system:
        yield system


async def test_an_owner_that_slept_between_decision_and_append_changes_nothing(
    system: TrappedSystem, tmp_path: Path, keeps_connections: bool
) -> None:
    async with open_traffic(system.url, tmp_path, keeps_connections=keeps_connections) as traffic:
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        room_id = traffic.room_ids[0]
        sleeper = system.owner_of(room_id)
        refused_before = count(system, sleeper, "decided_again")
        async with traffic.fault("a worker sleeps past its lease"):
            system.traps(sleeper).arm("before store", how="stop")
            await until(lambda: system.is_stopped(sleeper))
            # The other one goes on where the sleeper is about to write.
            assert await first_ack_after(traffic, room_id) <= RECOVERED_WITHIN_SECONDS
            await traffic.acks(60, within_seconds=20)
            system.signal(sleeper, signal.SIGCONT)
            await until(lambda: count(system, sleeper, "decided_again") > refused_before)
        await finish(traffic)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_a_worker_that_leaves_or_dies_and_returns_is_a_pause(
    system: TrappedSystem, tmp_path: Path, number: signal.Signals, keeps_connections: bool
) -> None:
    async with open_traffic(system.url, tmp_path, keeps_connections=keeps_connections) as traffic:
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        room_id = traffic.room_ids[0]
        owner = system.owner_of(room_id)
        dead_pid = system.pid_of(owner)
        async with traffic.fault(f"{number.name} of a worker"):
            system.signal(owner, number)
            assert await first_ack_after(traffic, room_id) <= RECOVERED_WITHIN_SECONDS
            await until(lambda: system.process(owner).pid not in (None, dead_pid), within_seconds=20)
            await until(lambda: system.process(owner).state == "ready", within_seconds=20)
        assert await first_ack_after(traffic, room_id) <= RECOVERED_WITHIN_SECONDS
        await finish(traffic)
