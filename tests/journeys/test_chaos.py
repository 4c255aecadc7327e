"""Short fault runs: every promise is kept while things break, and a build that breaks one on purpose is caught."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.rig import BrokenPromise
from tests.faults.run import Order, run
from tests.faults.sabotage import BROKEN_PROMISE, SABOTAGES
from tests.journeys.scales import TWO, Scale

pytestmark = pytest.mark.scales(TWO)

# One of each family: a kill in each phase, a zombie, a cut of power, a clock, a bus that dies, and one that forgets.
IN_SHORT = (
    "SIGKILL of gateway before ack",
    "SIGKILL of chat_service before store",
    "SIGKILL of chat_service after store",
    "SIGKILL of chat_service after publish",
    "SIGKILL of message_service mid-batch",
    "SIGSTOP of chat_service before store",
    "power cut of message_service after commit",
    "power cut of user_service",
    "clock of the machine jumps weeks ahead",
    "clock of the machine jumps weeks back",
    "SIGKILL of valkey",
    "FLUSHALL of Redis",
)

# A worker that refuses without asking is seen in every other run of some seconds, the others in nearly every one.
RUNS_AT_MOST = 8


async def test_what_breaks_for_a_while_breaks_no_promise(scale: Scale, tmp_path: Path) -> None:
    said: list[str] = []
    order = Order(folder=tmp_path, seconds=65, gateways=scale.gateways, groups=1, rate=100, only=IN_SHORT)
    verdict = await run(order, say=said.append)
    assert verdict.is_clean, "\n".join([*said, str(verdict)])


# Minutes: run by `make chaos-sabotage`.
@pytest.mark.sabotage
@pytest.mark.parametrize("name", SABOTAGES)
async def test_each_sabotage_is_caught(tmp_path: Path, name: str) -> None:
    said: list[str] = []
    assert await is_caught(name, tmp_path, say=said.append), "\n".join(said)


async def is_caught(name: str, folder: Path, *, say: Callable[[str], None]) -> bool:
    """Run again with another seed until it is caught: a fault shows it only if it meets something under way."""
    sabotage = SABOTAGES[name]
    for seed in range(1, RUNS_AT_MOST + 1):
        order = Order(
            folder=folder / str(seed), seconds=12, seed=seed, groups=1, rate=600, sabotage=name, only=sabotage.faults
        )
        try:
            verdict = await run(order, say=say)
        except BrokenPromise as broken:
            say(str(broken))
            return sabotage.violates == {BROKEN_PROMISE}
        say(str(verdict))
        if sabotage.violates <= verdict.violated:
            return True
    return False
