"""An event with ack and nothing behind it: what reading, checking and answering cost by themselves."""

import json
import statistics
from functools import partial

from benchmarks.bench import Bench
from benchmarks.build import build_program
from benchmarks.contestants import (
    OURS,
    Contestant,
    Crowd,
    Opening,
    open_all,
    open_chatflow,
    open_node,
    open_stock,
    write_plan,
)
from benchmarks.processes import run_program
from benchmarks.result import Measure, Result, at_least, not_compared
from benchmarks.seeding import World

CLIENTS = 50
OUTSTANDING = (1, 10)
EVENT = "ping:app"
UNIT = "acks/CPU-second"


def run(bench: Bench) -> Result:
    world = World(CLIENTS)
    crowd = Crowd([world.add_room(range(CLIENTS))] * CLIENTS, world)
    figures: dict[tuple[str, int], list[float]] = {}
    shares: dict[tuple[str, int], list[float]] = {}
    openings: list[Opening] = [partial(open_chatflow, world=world), open_node, open_stock]
    with open_all(bench, openings) as (contestants, _, notes):
        for _ in range(bench.count(3, 1)):
            for outstanding in OUTSTANDING:
                for contestant in contestants:
                    cost, kernel = ask_and_wait(bench, contestant, crowd, outstanding=outstanding)
                    bench.say(f"  {contestant.name}, W={outstanding}: {cost:,.0f} {UNIT}, {kernel:.0%} in the kernel")
                    shares.setdefault((contestant.name, outstanding), []).append(kernel * 100)
                    figures.setdefault((contestant.name, outstanding), []).append(cost)
    claims = []
    for outstanding in OUTSTANDING:
        ours, theirs = figures[OURS, outstanding], figures.get(("Node", outstanding))
        if theirs is None:
            claims.append(not_compared(f"W={outstanding}: ≥ 2× Node", "left out"))
        else:
            ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
            claims.append(at_least(ratio, 2, of=f"Node, W={outstanding}"))
    measures = [
        Measure(f"{name}, {CLIENTS} clients, W={outstanding} each", UNIT, values)
        for (name, outstanding), values in figures.items()
    ]
    measures += [
        Measure(f"{name}, W={outstanding} each, in the kernel", "%", values)
        for (name, outstanding), values in shares.items()
        if name == OURS
    ]
    return Result(measures, claims, notes=notes)


def ask_and_wait(bench: Bench, contestant: Contestant, crowd: Crowd, *, outstanding: int) -> tuple[float, float]:
    """Return acks per CPU-second, and which share of that time was the kernel's."""
    with bench.room("crowd") as folder:
        printed = run_program(
            build_program(bench.folder, "acks"),
            port=contestant.port, plan=write_plan(folder, contestant, crowd), server_pid=contestant.pid,
            seconds=bench.pick(4, 1), warmup=bench.pick(1, 0.3), outstanding=outstanding, event=EVENT,
        )  # fmt: skip
    found = json.loads(printed)
    if found["refused"] or found["lost"]:
        raise RuntimeError(f"{contestant.name} did not answer everything: {printed.strip()}")
    cpu_seconds = max(found["cpu_seconds"], 0.01)
    return found["acked"] / cpu_seconds, found["kernel_seconds"] / cpu_seconds
