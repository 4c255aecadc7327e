"""Everybody is cut off at once: the gateway is killed, all come back as stock clients do and ask what they missed."""

import json
import re
import resource
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.bench import Bench
from benchmarks.build import build_program
from benchmarks.idle import OTHER_FILES
from benchmarks.paced import write_people
from benchmarks.processes import LOCALHOST, run_program
from benchmarks.result import Claim, Measure, Result
from benchmarks.seeding import World
from benchmarks.stack import Stack, open_stack, tree_cpu_seconds
from chatflow.supervisor.process_table import read_table

CLIENTS = 10_000
ROOMS_EACH = 20
MEMBERS = 100
TALKERS = 50
TALK_PER_SECOND = 50
WATCHED_SECONDS = 45
# What "far fewer than clients" is taken to mean.
READS_A_CLIENT_AT_MOST = 0.1
POLL_SECONDS = 0.25
# What letting in and resuming ask; the talk asks for none of these.
READS = re.compile(r'^chatflow_internal_answers_total\{call="(?:connect|rows|events)"\} ([0-9.e+]+)$', re.MULTILINE)


def run(bench: Bench) -> Result:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - OTHER_FILES
    return cut_off(bench, clients=min(bench.count(CLIENTS, 1000), allowed))


def cut_off(bench: Bench, *, clients: int) -> Result:
    world, rooms = world_of(clients)
    with bench.room("storm") as folder:
        bench.say(f"  writing {len(world.rooms):,} rooms of {MEMBERS}")
        world.write(folder)
        with open_stack(folder) as stack:
            world.write_accounts(folder)
            cpu = stack.cpu_seconds()
            with counted_reads(stack) as reads_so_far:
                printed = run_program(
                    build_program(bench.folder, "storm"),
                    port=stack.port, plan=write_people(folder, world, rooms), cut_pid=stack.processes["gateway"],
                    talkers=min(TALKERS, clients), talk_per_second=TALK_PER_SECOND, seconds=WATCHED_SECONDS,
                )  # fmt: skip
            costs = {name: stack.cpu_seconds()[name] - cpu[name] for name in ("user_service", "message_service")}
            costs = {name: cost / 2 for name, cost in costs.items()} | {"gateway": gateway_cpu_seconds(stack)}
    found = json.loads(printed)
    bench.say(f"  {printed.strip()}")
    reads = reads_of_storm(reads_so_far, cut_at=found["cut_at"], seconds=found["resume_us"]["max"] / 1e6)
    at_10, at_30 = found["resumed_in_10_s"] / clients, found["resumed_in_30_s"] / clients
    lost = found["gaps"] + found["resets"] + found["failed"]
    return Result(
        [
            Measure(
                f"{clients:,} clients of {ROOMS_EACH} rooms each, let in at first", "s", [found["connect_seconds"]]
            ),
            Measure("ready again, median", "s", [found["ready_us"]["p50"] / 1e6]),
            Measure("resumed, median", "s", [found["resume_us"]["p50"] / 1e6]),
            Measure("resumed, 95%", "s", [found["resume_us"]["p95"] / 1e6]),
            Measure("resumed, the last", "s", [found["resume_us"]["max"] / 1e6]),
            *(Measure(f"CPU of {name} a resume", "ms", [cost * 1e3 / clients]) for name, cost in costs.items()),
            Measure("events fetched by resuming", "events", [found["received_by_sync"]]),
            Measure("reads asked of message_service for all that", "calls", [reads]),
        ],
        [
            Claim("95% resumed in 10 s", f"{at_10:.1%}", is_met=at_10 >= 0.95),
            Claim("all in 30 s", f"{at_30:.1%}", is_met=at_30 >= 1),
            Claim("no gap, no reset", f"{found['gaps']} gaps, {found['resets']} resets", is_met=not lost),
            Claim(
                f"reads of the backend ≤ {READS_A_CLIENT_AT_MOST} a client",
                f"{reads / clients:.3f}",
                is_met=reads <= READS_A_CLIENT_AT_MOST * clients,
            ),
        ],
        notes=[
            "The gateway is killed, so its restart by the supervisor is part of the time; clients wait as stock ones "
            f"do (1 s, doubling to 5 s, ± half). {TALK_PER_SECOND} messages a second go on throughout."
        ],
    )


def world_of(clients: int) -> tuple[World, dict[int, list[str]]]:
    """Spread people so that no two rooms have the same members: room k of a person is one of its own stride."""
    world = World(clients)
    rooms: dict[int, list[str]] = {number: [] for number in range(clients)}
    for layer in range(ROOMS_EACH):
        count = max(1, clients // MEMBERS)
        members: list[list[int]] = [[] for _ in range(count)]
        for number in range(clients):
            members[(number // (layer + 1) + number * layer) % count].append(number)
        for some in members:
            if some:
                room_id = world.add_room(some)
                for number in some:
                    rooms[number].append(room_id)
    return world, rooms


def gateway_cpu_seconds(stack: Stack) -> float:
    """Return what the gateway has used that was started after the cut."""
    pid = next(row.pid for row in read_table(stack.data_dir) if row.name == "gateway")
    return 0.0 if pid is None else tree_cpu_seconds(pid)


@contextmanager
def counted_reads(stack: Stack) -> Iterator[list[tuple[float, float]]]:
    """Look some times a second how many reads message_service has answered; yields (when, how many so far)."""
    seen: list[tuple[float, float]] = []
    done = threading.Event()

    def count() -> None:
        while not done.wait(POLL_SECONDS):
            with urllib.request.urlopen(f"http://{LOCALHOST}:{stack.ports['message_service']}/metrics") as answer:
                text = answer.read().decode()
            seen.append((time.monotonic(), sum(map(float, READS.findall(text)))))

    counting = threading.Thread(target=count)
    counting.start()
    try:
        yield seen
    finally:
        done.set()
        counting.join()


def reads_of_storm(seen: list[tuple[float, float]], *, cut_at: float, seconds: float) -> float:
    """Return what was asked from the last count before the cut to the first after the last resume."""
    before = max(each for each in seen if each[0] < cut_at)
    after = next((each for each in seen if each[0] > cut_at + seconds), seen[-1])
    return after[1] - before[1]
