"""Everybody who uses the system during a fault run: a few through stock clients, and many who make the load."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from chatflow.wire.outbox import Job
from tests.actors import Actor
from tests.checker.history import HistoryWriter
from tests.checker.records import FaultBegan, FaultHealed
from tests.faults.observer import watch_observer
from tests.faults.rig import until
from tests.faults.traffic import Style, Traffic, open_traffic

STOCK_PEOPLE, STOCK_ROOMS = 4, 2
LEAN_PEOPLE, LEAN_ROOMS = 3, 3
LEAN_BURST = 16
# From sending a burst to its last ack, when nothing is broken.
BURST_SECONDS = 0.06
# Below this rate everybody is in less of a hurry, in proportion.
BUSY_RATE = 300.0


class Crowd:
    """All groups as one; each has rooms of its own."""

    def __init__(self, groups: list[Traffic], *, writer: HistoryWriter) -> None:
        self._groups = groups
        self._writer = writer

    @property
    def acked(self) -> int:
        return sum(group.acked for group in self._groups)

    @property
    def refusals(self) -> Counter[str]:
        return sum((group.refusals for group in self._groups), Counter[str]())

    @property
    def complaints(self) -> list[str]:
        return [complaint for group in self._groups for device in group.devices for complaint in device.complaints]

    @property
    def somebody(self) -> Actor:
        return self._groups[0].people[0]

    def alerts_owed(self) -> list[Job]:
        return [Job(room_id, seq) for group in self._groups for room_id, seq in group.alerts_owed]

    def start(self) -> None:
        self._observing = asyncio.create_task(watch_observer(self._writer.add_to_run))
        for group in self._groups:
            group.start()

    async def acks(self, count: int, *, within_seconds: float) -> None:
        """Wait until every group has had its share of that many more acks."""
        goals = [group.acked + count for group in self._groups]
        await until(
            lambda: all(group.acked >= goal for group, goal in zip(self._groups, goals, strict=True)),
            what=f"{count} acks in each group",
            within_seconds=within_seconds,
        )

    async def calm(self, seconds: float) -> None:
        """Let them talk undisturbed."""
        await asyncio.sleep(seconds)

    @asynccontextmanager
    async def fault(self, name: str) -> AsyncIterator[None]:
        """Record that something is broken for as long as the context lasts."""
        self._writer.add_to_run(FaultBegan(at=time.monotonic(), fault=name))
        try:
            yield
        finally:
            self._writer.add_to_run(FaultHealed(at=time.monotonic(), fault=name))
            self._writer.flush()

    async def finish(self) -> None:
        """Let everybody finish what was begun, and compare notes."""
        self._observing.cancel()
        await asyncio.gather(*(group.stop() for group in self._groups))
        for group in self._groups:
            await group.settle()


def stock_style(rate: float) -> Style:
    """Return how people with stock clients talk: a part of the load that says little of speed and much of behaviour."""
    calm = max(1.0, BUSY_RATE / rate)
    return Style(
        pause_seconds=0.4 * calm, visitors=3, alerts=0.05, rest_seconds=calm - 1.0, read_every_seconds=0.3 * calm
    )


def lean_style(rate: float, *, groups: int) -> Style:
    """Return how the load must talk so that all groups together send so many messages a second."""
    talkers = groups * LEAN_PEOPLE * LEAN_ROOMS
    pause_seconds = max(0.0, talkers * (1 + LEAN_BURST) / 2 / rate - BURST_SECONDS)
    return Style(
        devices=(("load", "lean", "websocket"),),
        burst_at_most=LEAN_BURST,
        pause_seconds=pause_seconds,
        visitors=0,
        read_every_seconds=0.3 * max(1.0, BUSY_RATE / rate),
    )


@asynccontextmanager
async def open_crowd(
    url: str, folder: Path, *, seed: int, rate: float, groups: int, keeps_connections: bool, say: Callable[[str], None]
) -> AsyncIterator[Crowd]:
    """Sign everybody in, and off in the end."""
    style, stock = lean_style(rate, groups=groups), stock_style(rate)
    async with AsyncExitStack() as stack:
        gathered = [
            await stack.enter_async_context(
                open_traffic(
                    url,
                    folder,
                    people=STOCK_PEOPLE,
                    rooms=STOCK_ROOMS,
                    seed=seed,
                    style=stock,
                    keeps_connections=keeps_connections,
                )
            )
        ]
        for number in range(groups):
            gathered.append(
                await stack.enter_async_context(
                    open_traffic(
                        url,
                        folder,
                        people=LEAN_PEOPLE,
                        rooms=LEAN_ROOMS,
                        seed=seed + 1 + number,
                        style=style,
                        keeps_connections=keeps_connections,
                    )
                )
            )
        people = sum(len(group.people) + group.style.visitors + 1 for group in gathered)
        say(f"{people} people with {sum(len(group.devices) for group in gathered)} devices are in their rooms")
        yield Crowd(gathered, writer=stack.enter_context(HistoryWriter(folder)))
