"""A large room at the pace of people: how long until a message has reached a thousand screens."""

import json
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.build import build_program
from benchmarks.chain import run_client
from benchmarks.result import Measure, Result, at_most
from benchmarks.seeding import World
from benchmarks.stack import open_stack

MEMBERS = 1000
PER_SECOND = 5


def run(bench: Bench) -> Result:
    world = World(MEMBERS)
    room_id = world.add_room(range(MEMBERS))
    client = build_program(bench.folder, "chain_client")
    with bench.room("paced") as folder:
        world.write(folder)
        with open_stack(folder) as stack:
            world.write_accounts(folder)
            plan = write_people(folder, world, {number: [room_id] for number in range(MEMBERS)})
            found: list[dict[str, Any]] = []
            for _ in range(bench.count(3, 1)):
                found.append(run_client(client, stack.port, plan, bench.pick(20, 4), "open", PER_SECOND))
                bench.say(f"  {json.dumps(found[-1]['delivery_us'])}")
    p99 = Measure("delivered to everybody, p99", "ms", [one["delivery_us"]["p99"] / 1000 for one in found])
    return Result(
        [
            p99,
            Measure("the same, p50", "ms", [one["delivery_us"]["p50"] / 1000 for one in found]),
            Measure("acked, p99", "ms", [one["ack_us"]["p99"] / 1000 for one in found]),
        ],
        [at_most(p99.median, 25, what="p99 delivery", unit="ms")],
    )


def write_people(folder: Path, world: World, rooms: dict[int, list[str]]) -> Path:
    """Write what programs/chain_client.c reads: per person a token and the rooms to talk in."""
    plan = folder / "people.txt"
    plan.touch(mode=0o600)
    plan.write_text("".join(f"{' '.join([world.tokens[number], *ids])}\n" for number, ids in rooms.items()))
    return plan
