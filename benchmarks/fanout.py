"""Fan-out through Redis: one publisher, one room, and what a delivery costs the server in between.

Closed loop: so many messages are under way, and a next one leaves when one has reached everybody. The contestants take
turns, so that what else happens on the machine meets all of them; ratios are taken within one turn.
"""

import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from benchmarks.bench import Bench
from benchmarks.build import build_program
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
    write_plan,
)
from benchmarks.processes import Redis, run_program
from benchmarks.result import Claim, Measure, Result, at_least, not_compared
from benchmarks.seeding import World
from benchmarks.templates import SHORT_BYTES

UNIT = "deliveries/CPU-second"
SIZES = (100, 1000)
# A message of life, with ids, names and times, is about that long.
LONG_BYTES = 450
CENTRIFUGO = "left out: no `centrifugo` on the PATH"

Figures = dict[tuple[str, str], list[float]]


def run_saturated(bench: Bench) -> Result:
    with all_contestants(bench) as (contestants, crowd, redis, notes):
        cells = [(f"N={size} W=16", size, SHORT_BYTES) for size in SIZES]
        cells.append((f"N={SIZES[-1]} W=16, {LONG_BYTES}-byte messages", SIZES[-1], LONG_BYTES))
        figures = take_turns(bench, contestants, crowd, redis, cells=cells, outstanding=16)
    claims = []
    where = f"N={SIZES[-1]} W=16"
    for name, target in (("Node", 15.0), ("C, coalescing", 0.5)):
        claims.append(compare(figures, where, name, target))
    return Result(measures_of(figures), [*claims, not_compared("≥ 20× Centrifugo", CENTRIFUGO)], notes=notes)


def run_unbatched(bench: Bench) -> Result:
    with all_contestants(bench) as (contestants, crowd, redis, notes):
        cells = [(f"N={size} W=1", size, SHORT_BYTES) for size in SIZES]
        figures = take_turns(bench, contestants, crowd, redis, cells=cells, outstanding=1)
    claims = []
    for where, _, _ in cells:
        claims += [compare(figures, where, "Node", 1.5), compare(figures, where, "C, one write each", 0.5)]
    return Result(measures_of(figures), [*claims, not_compared("≥ 1.4× Centrifugo", CENTRIFUGO)], notes=notes)


@contextmanager
def all_contestants(bench: Bench) -> Iterator[tuple[list[Contestant], Crowd, Redis, list[str]]]:
    world = World(max(SIZES))
    crowd = Crowd([world.add_room(range(max(SIZES)))] * max(SIZES), world)
    openings: list[Opening] = [
        partial(open_chatflow, world=world),
        open_node,
        open_stock,
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
    cells: list[tuple[str, int, int]],
    outstanding: int,
) -> Figures:
    figures: Figures = {}
    for _ in range(bench.count(3, 1)):
        for where, size, message_bytes in cells:
            some = Crowd(crowd.rooms[:size], crowd.world)
            for contestant in contestants:
                found = fan_out(bench, contestant, some, redis, outstanding=outstanding, message_bytes=message_bytes)
                cost = per_cpu_second(found)
                bench.say(f"  {contestant.name}, {where}: {cost:,.0f} {UNIT}, {found['messages']} messages")
                figures.setdefault((contestant.name, where), []).append(cost)
    return figures


def fan_out(
    bench: Bench,
    contestant: Contestant,
    crowd: Crowd,
    redis: Redis,
    *,
    mode: str = "closed",
    outstanding: float,
    message_bytes: int = SHORT_BYTES,
    seconds: float | None = None,
    stalled: int = 0,
    published_rooms: int | None = None,
) -> dict[str, Any]:
    """Connect a crowd, publish into its rooms in turn (or into the first few), and return what the client counted."""
    with bench.room("crowd") as folder:
        templates = folder / "templates.bin"
        parts = [contestant.template(room_id, message_bytes).to_bytes() for room_id in crowd.room_ids[:published_rooms]]
        templates.write_bytes(b"".join(parts))
        printed = run_program(
            build_program(bench.folder, "fanout"),
            port=contestant.port, plan=write_plan(folder, contestant, crowd),
            redis_port=redis.port, redis_password=redis.password,
            templates=templates, server_pid=contestant.pid, seconds=seconds or bench.pick(3, 1),
            warmup=bench.pick(0.7, 0.3), mode=mode, number=outstanding, stalled=stalled,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(printed)
    if found["gaps"] or found["lost"] or found["unfinished"] or not found["deliveries"]:
        raise RuntimeError(f"{contestant.name} did not deliver everything, in order: {printed.strip()}")
    return found


def per_cpu_second(found: dict[str, Any]) -> float:
    return float(found["deliveries"] / max(found["cpu_seconds"], 0.01))


def compare(figures: Figures, where: str, name: str, target: float) -> Claim:
    """Our figure against another's, turn by turn."""
    ours, theirs = figures[OURS, where], figures.get((name, where))
    if theirs is None:
        return not_compared(f"{where}: ≥ {target:g}× {name}", "left out")
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    return at_least(ratio, target, of=f"{name}, {where}")


def measures_of(figures: Figures) -> list[Measure]:
    return [Measure(f"{name}, {where}", UNIT, values) for (name, where), values in figures.items()]
