"""Whatever process dies, an acked message is never lost, doubled or moved: judged from what the clients saw."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checker.verdict import Verdict
from tests.faults.traffic import open_traffic
from tests.journeys.system import System, open_system

MUST_HOLD = {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C14"}


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """An installation that may be broken."""
    with open_system(tmp_path_factory.mktemp("fragile")) as system:
        yield system


@pytest.mark.parametrize("victim", ["chat_service", "gateway", "message_service"])
async def test_killing_a_process_during_traffic_breaks_no_promise(fragile: System, tmp_path: Path, victim: str) -> None:
    async with open_traffic(fragile.url, tmp_path) as traffic:
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        async with traffic.fault(f"SIGKILL of {victim}"):
            dead_pid = fragile.kill(victim)
            await asyncio.to_thread(fragile.wait_until_replaced, victim, dead_pid=dead_pid)
        await traffic.acks(60, within_seconds=20)
        await traffic.stop()
        await traffic.settle()
        assert_every_promise_kept(traffic.judge())
        assert [complaint for device in traffic.devices for complaint in device.complaints] == []


async def test_after_killing_everything_a_second_start_has_every_acked_message(tmp_path: Path) -> None:
    with open_system(tmp_path / "system") as system:
        async with open_traffic(system.url, tmp_path / "history") as traffic:
            traffic.start()
            await traffic.acks(60, within_seconds=20)
            async with traffic.fault("SIGKILL of everything"):
                system.kill_everything()
                system.spawn()
                await asyncio.to_thread(system.wait_until_ready)
            await traffic.acks(20, within_seconds=20)
            await traffic.stop()
            await traffic.settle()
            assert_every_promise_kept(traffic.judge())


def assert_every_promise_kept(verdict: Verdict) -> None:
    assert not verdict.violated, str(verdict)
    assert not MUST_HOLD & verdict.unknown, str(verdict)
