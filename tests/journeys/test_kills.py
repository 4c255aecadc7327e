"""Whatever process dies, no acked message is lost, doubled or reordered, judged by what the clients saw."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checker.verdict import Verdict
from tests.faults.traffic import open_traffic
from tests.journeys.scales import ONE, TWO, Scale
from tests.journeys.system import System, open_system

pytestmark = pytest.mark.scales(ONE, TWO)
MUST_HOLD = {"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C14"}


@pytest.fixture(scope="module")
def fragile(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """An installation that may be broken."""
    with open_system(tmp_path_factory.mktemp("fragile"), settings=scale.settings) as system:
        yield system


@pytest.mark.parametrize("kind", ["chat_service", "gateway", "message_service"])
async def test_killing_a_process_during_traffic_breaks_no_promise(
    fragile: System, tmp_path: Path, kind: str, keeps_connections: bool
) -> None:
    """If there are several of a kind, each is killed in turn, so that everybody has lost theirs once."""
    async with open_traffic(fragile.url, tmp_path, keeps_connections=keeps_connections) as traffic:
        traffic.start()
        await traffic.acks(60, within_seconds=20)
        for name in fragile.names_of(kind):
            async with traffic.fault(f"SIGKILL of {name}"):
                dead_pid = fragile.kill(name)
                await asyncio.to_thread(fragile.wait_until_replaced, name, dead_pid=dead_pid)
            await traffic.acks(60, within_seconds=20)
        await traffic.stop()
        await traffic.settle()
        assert_every_promise_kept(traffic.judge())
        assert [complaint for device in traffic.devices for complaint in device.complaints] == []


@pytest.mark.scales(TWO)
async def test_after_killing_everything_a_second_start_has_every_acked_message(
    scale: Scale, tmp_path: Path, keeps_connections: bool
) -> None:
    with open_system(tmp_path / "system", settings=scale.settings) as system:
        async with open_traffic(system.url, tmp_path / "history", keeps_connections=keeps_connections) as traffic:
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
