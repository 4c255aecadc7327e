"""One fault run: every fault once, then at random by seed, until the time is over; then the checker's verdict."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.checker.judge import judge
from tests.checker.recovery import table
from tests.checker.verdict import Verdict
from tests.faults.catalogue import faults_of
from tests.faults.crowd import Crowd, open_crowd
from tests.faults.rig import Fault, Rig, open_rig

# So many acks in each group, from bursts that began after the healing, show that all goes on; fewer where all is slow.
ACKS_BETWEEN = 20
ACKS_BETWEEN_SECONDS = 2.0
ALIVE_WITHIN_SECONDS = 30.0
# What takes no time at all could strike between two bursts: so many messages are to meet it.
FELT_SECONDS = 1.0
FELT_MESSAGES = 24
CALM_SECONDS = (0.5, 2.0)


@dataclass(frozen=True)
class Order:
    """What to run. `only` names faults by a part of their names; with `messages` the run ends when they are acked."""

    folder: Path
    seconds: float = 300.0
    seed: int = 1
    profile: str = "embedded"
    workers: int = 2
    gateways: int = 1
    rate: float = 300.0
    messages: int | None = None
    # Of people who make the load.
    groups: int = 6
    sabotage: str = "-"
    only: tuple[str, ...] = ()

    @property
    def felt_seconds(self) -> float:
        return max(FELT_SECONDS, FELT_MESSAGES / self.rate)

    @property
    def acks_between(self) -> int:
        return min(ACKS_BETWEEN, int(self.rate * ACKS_BETWEEN_SECONDS))


async def run(order: Order, *, say: Callable[[str], None]) -> Verdict:
    """Run it and return what the checker says of the history, which stays in `<folder>/history`."""
    history = order.folder / "history"
    async with (
        open_rig(
            order.folder,
            profile=order.profile,
            workers=order.workers,
            gateways=order.gateways,
            sabotage=order.sabotage,
        ) as rig,
        open_crowd(
            rig.url,
            history,
            seed=order.seed,
            rate=order.rate,
            groups=order.groups,
            # With several gateways each request is to meet another of them.
            keeps_connections=order.gateways == 1,
            say=say,
        ) as crowd,
    ):
        crowd.start()
        await crowd.acks(order.acks_between, within_seconds=ALIVE_WITHIN_SECONDS)
        await break_things(order, rig, crowd, say=say)
        say("the end: everybody finishes and compares notes")
        await crowd.finish()
        for what, count in crowd.refusals.most_common(8):
            say(f"{count:7} × {what}")
        for complaint in crowd.complaints[:8]:
            say(f"complaint: {complaint}")
    say(f"judging {history}")
    return judge(history)


async def break_things(order: Order, rig: Rig, crowd: Crowd, *, say: Callable[[str], None]) -> None:
    dice = random.Random(order.seed)
    faults = chosen(faults_of(rig, bystander=crowd.somebody, alerts=crowd.alerts_owed, dice=dice), order.only)
    begun = time.monotonic()
    number = 0
    while time.monotonic() - begun < order.seconds:
        if order.messages is not None and crowd.acked >= order.messages and number >= len(faults):
            return
        fault = faults[number] if number < len(faults) else dice.choice(faults)
        number += 1
        struck_at = time.monotonic()
        outcome = await suffer(order, fault, number, rig, crowd)
        say(
            f"{time.monotonic() - begun:7.1f} s {crowd.acked:9} acked  fault {number:4} {fault.name:<44} "
            f"{outcome} after {time.monotonic() - struck_at:5.1f} s"
        )
        await crowd.calm(dice.uniform(*CALM_SECONDS))


async def suffer(order: Order, fault: Fault, number: int, rig: Rig, crowd: Crowd) -> str:
    """Let one fault happen and wait until everything works again; if it does not, say so, and the checker judges it."""
    try:
        async with crowd.fault(f"{fault.name} #{number}"):
            await asyncio.gather(fault.strike(rig), crowd.calm(order.felt_seconds))
        await crowd.acks(order.acks_between, within_seconds=ALIVE_WITHIN_SECONDS)
    except TimeoutError as error:
        return f"NOT OVER: {error}"
    return "over"


def chosen(faults: list[Fault], only: tuple[str, ...]) -> list[Fault]:
    """Return those that are wanted, one of each name before the second of any: a short run meets them all."""
    wanted = [fault for fault in faults if not only or any(part in fault.name for part in only)]
    names = [fault.name for fault in wanted]
    return [wanted[at] for at in sorted(range(len(wanted)), key=lambda at: names[:at].count(names[at]))]


def report(order: Order, verdict: Verdict) -> str:
    """Return the findings, the table of faults, and as the last line the verdict."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    outcome = (
        f"violated {', '.join(sorted(verdict.violated))}"
        if verdict.violated
        else f"unknown {', '.join(sorted(verdict.unknown))}"
        if verdict.unknown
        else "clean"
    )
    return "\n".join(
        [
            str(verdict),
            "",
            table(verdict.recoveries),
            "",
            f"history: {order.folder / 'history'}  (again: {sys.executable} -m tests.checker.judge <history>)",
            f"seed {order.seed}, {order.profile} profile, {order.workers} workers, {order.gateways} gateways, "
            f"sabotage {order.sabotage}, commit {commit}",
            f"verdict: {outcome}",
        ]
    )
