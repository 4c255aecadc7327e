"""One reader in a busy room stops reading: what the server keeps for it, and what the others notice."""

from functools import partial
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contestants import OURS, Contestant, Crowd, Opening, open_all, open_chatflow, open_node, open_stock
from benchmarks.processes import Redis
from benchmarks.publishing import fan_out
from benchmarks.result import Claim, Measure, Result
from benchmarks.seeding import World

MEMBERS = 50
LONG_BYTES = 3000
# 1.5 MB a second to everybody: what the kernel keeps for a reader is full after some seconds, and then ours counts.
PER_SECOND = 500
SECONDS = 8.0
MOVE_AT_MOST = 0.2


def run(bench: Bench) -> Result:
    world = World(MEMBERS)
    crowd = Crowd([world.add_room(range(MEMBERS))] * MEMBERS, world)
    openings: list[Opening] = [partial(open_chatflow, world=world), open_node, open_stock]
    measures = []
    with open_all(bench, openings) as (contestants, redis, notes):
        for contestant in contestants:
            found = read_badly(bench, contestant, crowd, redis, stalled=1, mode="closed", number=16)
            grown = found["resident_highest"] - found["resident_before"]
            dropped = "dropped" if found["cut_off"] else "kept"
            bench.say(f"  {contestant.name}: grew by {grown:.1f} MB, the reader was {dropped}")
            measures.append(Measure(f"{contestant.name}, grown at full speed; the reader is {dropped}", "MB", [grown]))
        ours = next(each for each in contestants if each.name == OURS)
        runs: dict[int, list[dict[str, Any]]] = {0: [], 1: []}
        for _ in range(bench.count(5, 1)):
            for stalled, some in runs.items():
                some.append(read_badly(bench, ours, crowd, redis, stalled=stalled, mode="open", number=PER_SECOND))
    p99 = {
        stalled: Measure(
            f"the others' p99 at {PER_SECOND}/s of {LONG_BYTES:,} bytes, {'one stalled' if stalled else 'all reading'}",
            "ms",
            [one["delivery_us"]["p99"] / 1000 for one in some],
        )
        for stalled, some in runs.items()
    }
    moved = p99[1].median / p99[0].median - 1
    cut_off = all(one["cut_off"] == 1 for one in runs[1])
    excess = median(one["resident_highest"] for one in runs[1]) - median(one["resident_highest"] for one in runs[0])
    return Result(
        [*measures, *p99.values(), Measure("memory more than without it, at that pace", "MB", [excess])],
        [
            Claim("the stalled reader is dropped, within 1 MiB", "dropped" if cut_off else "kept", is_met=cut_off),
            Claim(f"the others' p99 moves < {MOVE_AT_MOST:.0%}", f"{moved:+.0%}", is_met=moved < MOVE_AT_MOST),
        ],
        notes=notes,
    )


def read_badly(
    bench: Bench, contestant: Contestant, crowd: Crowd, redis: Redis, *, stalled: int, mode: str, number: int
) -> dict[str, Any]:
    return fan_out(
        bench, contestant, crowd, redis,
        mode=mode, outstanding=number, message_bytes=LONG_BYTES, seconds=SECONDS, stalled=stalled,
    )  # fmt: skip
