"""Fan-out through Redis: one publisher, one room, and what a delivery costs the server in between.

Closed loop: so many messages are under way, and a next one leaves when one has reached everybody. The contestants take
turns, so that what else happens on the machine meets all of them; ratios are taken within one turn.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks.bench import Bench
from benchmarks.centrifugo import open_centrifugo
from benchmarks.contestants import (
    OURS,
    Contestant,
    Crowd,
    Opening,
    open_all,
    open_chatflow,
    open_floor,
    open_node,
    open_stock,
)
from benchmarks.processes import Redis
from benchmarks.publishing import UNIT, fan_out, per_cpu_second
from benchmarks.result import Claim, Measure, Result, at_least, not_compared
from benchmarks.seeding import World
from benchmarks.templates import SHORT_BYTES

SIZES = (100, 1000)
# A message of life, with ids, names and times, is about that long.
LONG_BYTES = 450

Figures = dict[tuple[str, str], list[float]]


@dataclass(frozen=True)
class Cell:
    """What is asked of everybody, or of those named."""

    where: str
    size: int
    message_bytes: int = SHORT_BYTES
    names: tuple[str, ...] | None = None

    def includes(self, contestant: Contestant) -> bool:
        return self.names is None or contestant.name in self.names


def run_saturated(bench: Bench) -> Result:
    with all_contestants(bench) as (contestants, crowd, redis, notes):
        cells = [Cell(f"N={size} W=16", size) for size in SIZES]
        long = f"N={SIZES[-1]} W=16, {LONG_BYTES}-byte messages"
        cells.append(Cell(long, SIZES[-1], LONG_BYTES, names=(OURS, "Node", "C, coalescing")))
        figures, shares = take_turns(bench, contestants, crowd, redis, cells=cells, outstanding=16)
    claims = []
    where = f"N={SIZES[-1]} W=16"
    for name, target in (("Node", 15.0), ("Centrifugo", 20.0), ("C, coalescing", 0.5)):
        claims.append(compare(figures, where, name, target))
    return Result(measures_of(figures, shares), claims, notes=notes)


def run_unbatched(bench: Bench) -> Result:
    with all_contestants(bench) as (contestants, crowd, redis, notes):
        cells = [Cell(f"N={size} W=1", size) for size in SIZES]
        figures, shares = take_turns(bench, contestants, crowd, redis, cells=cells, outstanding=1)
    claims = []
    for cell in cells:
        for name, target in (("Node", 1.5), ("Centrifugo", 1.4), ("C, one write each", 0.5)):
            claims.append(compare(figures, cell.where, name, target))
    return Result(measures_of(figures, shares), claims, notes=notes)


@contextmanager
def all_contestants(bench: Bench) -> Iterator[tuple[list[Contestant], Crowd, Redis, list[str]]]:
    world = World(max(SIZES))
    crowd = Crowd([world.add_room(range(max(SIZES)))] * max(SIZES), world)
    openings: list[Opening] = [
        partial(open_chatflow, world=world),
        open_node,
        open_stock,
        open_centrifugo,
        partial(open_floor, is_coalescing=False),
        partial(open_floor, is_coalescing=True),
    ]
    with open_all(bench, openings) as (contestants, redis, notes):
        yield contestants, crowd, redis, notes


def take_turns(
    bench: Bench,
    contestants: list[Contestant],
    crowd: Crowd,
    redis: Redis,
    *,
    cells: list[Cell],
    outstanding: int,
) -> tuple[Figures, Figures]:
    """Return deliveries per CPU-second, and how much of that time was the kernel's, in percent."""
    figures: Figures = {}
    shares: Figures = {}
    for _ in range(bench.count(3, 1)):
        for cell in cells:
            some = Crowd(crowd.rooms[: cell.size], crowd.world)
            for contestant in filter(cell.includes, contestants):
                found = fan_out(
                    bench, contestant, some, redis, outstanding=outstanding, message_bytes=cell.message_bytes
                )
                cost = per_cpu_second(found)
                kernel = found["kernel_seconds"] / max(found["cpu_seconds"], 0.01)
                bench.say(f"  {contestant.name}, {cell.where}: {cost:,.0f} {UNIT}, {kernel:.0%} of it in the kernel")
                figures.setdefault((contestant.name, cell.where), []).append(cost)
                shares.setdefault((contestant.name, cell.where), []).append(kernel * 100)
    return figures, shares


def compare(figures: Figures, where: str, name: str, target: float) -> Claim:
    """Our figure against another's, turn by turn."""
    ours, theirs = figures[OURS, where], figures.get((name, where))
    if theirs is None:
        return not_compared(f"≥ {target:g}× {name}, {where}", "left out")
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    return at_least(ratio, target, of=f"{name}, {where}")


def measures_of(figures: Figures, shares: Figures) -> list[Measure]:
    measures = [Measure(f"{name}, {where}", UNIT, values) for (name, where), values in figures.items()]
    kernel = [Measure(f"{name}, {where}, in the kernel", "%", each) for (name, where), each in shares.items()]
    return measures + [measure for measure in kernel if measure.what.startswith(OURS)]
