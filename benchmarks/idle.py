"""Connections that do nothing: what one costs in memory and to let in, and whether its memory is freed at its end."""

import json
import resource
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
    open_node,
    open_stock,
    write_plan,
)
from benchmarks.processes import run_program
from benchmarks.result import Claim, Measure, Result, at_most
from benchmarks.seeding import World

CLIENTS = 10_000
MEMBERS = 10
KILOBYTES_AT_MOST = 30
ROUNDS = 3
# What is left after churn, at most, of what was there after the first round.
GROWTH_AT_MOST = 0.10
# Files that a process needs besides its sockets.
OTHER_FILES = 500


def run(bench: Bench) -> Result:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OTHER_FILES
    clients = min(bench.count(CLIENTS, 1000), allowed)
    notes = (
        [] if allowed >= CLIENTS else [f"Only {clients:,} connections: this machine allows no more files a process."]
    )
    world = World(clients)
    rooms = [world.add_room(range(begin, begin + MEMBERS)) for begin in range(0, clients, MEMBERS)]
    crowd = Crowd([rooms[number // MEMBERS] for number in range(clients)], world)
    openings: list[Opening] = [partial(open_chatflow, world=world), open_node, open_stock]
    measures = []
    claims = []
    with open_all(bench, openings) as (contestants, _, left_out):
        for contestant in contestants:
            rounds = ROUNDS if contestant.name == OURS else 1
            found = hold(bench, contestant, crowd, rounds=rounds)
            bench.say(f"  {contestant.name}: {json.dumps(found)}")
            first, last = found["rounds"][0], found["rounds"][-1]
            each = (first["held"] - found["before"]) * 1e3 / clients
            measures.append(Measure(f"{contestant.name}, memory a connection", "KB", [each]))
            pace = [clients / max(0.01, one["connect_cpu_seconds"]) for one in found["rounds"]]
            measures.append(Measure(f"{contestant.name}, let in", "connections/CPU-second", pace))
            if contestant.name == OURS:
                growth = last["left"] / first["left"] - 1
                what = f"{ROUNDS * clients:,} connections came and went: memory more than after the first {clients:,}"
                measures.append(Measure("before the first, resident", "MB", [found["before"]]))
                measures.append(Measure("after each round, resident", "MB", [one["left"] for one in found["rounds"]]))
                claims.append(at_most(each, KILOBYTES_AT_MOST, what=f"{clients:,} idle, each", unit="KB"))
                claims.append(Claim(f"{what} ≤ {GROWTH_AT_MOST:.0%}", f"{growth:.1%}", growth <= GROWTH_AT_MOST))
    return Result(measures, claims, notes=[*notes, *left_out])


def hold(bench: Bench, contestant: Contestant, crowd: Crowd, *, rounds: int) -> dict[str, Any]:
    """Open the crowd's connections, keep them open and close them, so many times; return what was measured."""
    with bench.room("crowd") as folder:
        printed = run_program(
            build_program(bench.folder, "hold"),
            port=contestant.port, plan=write_plan(folder, contestant, crowd), server_pid=contestant.pid,
            rounds=rounds, settle=bench.pick(3, 1),
        )  # fmt: skip
    found: dict[str, Any] = json.loads(printed)
    if found["lost"]:
        raise RuntimeError(f"{contestant.name} did not keep its connections: {printed.strip()}")
    return found
