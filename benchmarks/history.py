"""Reading back: a page of 50 messages from anywhere in a large log, asked as the browser asks, through the gateway."""

import http.client
import json
import random
import time
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import LOCALHOST
from benchmarks.result import Curve, Measure, Result, at_most, not_compared
from benchmarks.seeding import AT, World, append, run_of
from benchmarks.stack import open_stack
from chatflow.ids import new_id
from chatflow.protocol.events import MessageCreated
from chatflow.protocol.objects import Message
from message_service.stores.sqlite.store import SqliteStore

PAGE = 50
WARMUP_PAGES = 50
ROOMS = 100
MEMBERS = 20
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# Filling takes far longer than reading; what has not been written by then is not measured.
FILLING_SECONDS = 120
RUN_MESSAGES = 100
TARGET_MILLISECONDS = 20
# Common words and a few rare ones, as long as people write.
WORDS = (
    "오늘",
    "회의",
    "자료",
    "보냈어요",
    "please",
    "look",
    "at",
    "the",
    "second",
    "page",
    "when",
    "you",
    "can",
    "감사합니다",
)


def run(bench: Bench) -> Result:
    world = World(MEMBERS)
    rooms = [world.add_room(range(MEMBERS)) for _ in range(ROOMS)]
    measures = []
    line: list[tuple[float, float]] = []
    with bench.room("history") as folder:
        world.write(folder)
        patience = time.monotonic() + bench.pick(FILLING_SECONDS, 10)
        written = 0
        for size in SIZES[: bench.count(len(SIZES), 2)]:
            written += fill(folder, world, rooms, begin=written, count=size - written, patience=patience)
            bench.say(f"  {written:,} messages are written")
            p50, p99 = read_pages(folder, world, rooms, written // ROOMS, pages=bench.count(2000, 200))
            bench.say(f"  a page at {written:,} messages: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
            measures += [
                Measure(f"a page of {PAGE} at {written:,} messages, p50", "ms", [p50]),
                Measure("the same, p99", "ms", [p99]),
            ]
            line.append((written, p99))
            if written < size:
                break
    notes = []
    if written < SIZES[-1]:
        notes.append(f"{written:,} messages rather than {SIZES[-1]:,}: filling the log is bounded in time.")
    return Result(
        measures,
        [
            at_most(line[-1][1], TARGET_MILLISECONDS, what=f"page of {PAGE} at {written:,} messages, p99", unit="ms"),
            not_compared("search at 1 M messages, p95 ≤ 100 ms", "there is no search yet"),
        ],
        curves=[Curve("sizes", "A page of history", "messages in the log", "p99 in ms", {"p99": line})],
        notes=notes,
    )


def fill(folder: Path, world: World, rooms: list[str], *, begin: int, count: int, patience: float) -> int:
    """Write messages into all rooms alike, from message number `begin` on; returns how many there was time for."""
    store = SqliteStore(str(folder / "messages.db"))
    chance = random.Random(begin)
    written = 0
    while written < count and time.monotonic() < patience:
        first = (begin + written) // ROOMS + 1
        some = min(RUN_MESSAGES, (count - written) // ROOMS)
        runs = []
        for room_id in rooms:
            said = [
                message_event(room_id, n, sender=chance.choice(world.people), text=" ".join(chance.sample(WORDS, 8)))
                for n in range(first, first + some)
            ]
            # The room's creation was its first event.
            runs.append(run_of(room_id, said, expected_head=first))
        append(store, runs)
        written += some * ROOMS
    store.close()
    return written


def message_event(room_id: str, n: int, *, sender: str, text: str) -> MessageCreated:
    message = Message(id=new_id(), room_id=room_id, seq=n + 1, n=n, cid=f"c{n}", sender=sender, text=text, at=AT)
    return MessageCreated(room_id=room_id, seq=n + 1, n=n, actor=sender, at=AT, message=message)


def read_pages(folder: Path, world: World, rooms: list[str], messages: int, *, pages: int) -> tuple[float, float]:
    """Read pages from random places of random rooms, one after the other; returns p50 and p99 in milliseconds."""
    chance = random.Random(pages)
    times = []
    with open_stack(folder) as stack:
        world.write_accounts(folder)
        connection = http.client.HTTPConnection(LOCALHOST, stack.port)
        for number in range(WARMUP_PAGES + pages):
            before = chance.randint(min(PAGE, messages) + 2, messages + 2)
            path = f"/api/rooms/{chance.choice(rooms)}/messages?limit={PAGE}&before={before}"
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {chance.choice(world.tokens)}"})
            answer = connection.getresponse()
            body = answer.read()
            if number >= WARMUP_PAGES:
                times.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200 or len(json.loads(body)["items"]) != min(PAGE, messages):
                raise RuntimeError(f"not a page: {answer.status} {body[:300]!r}")
        connection.close()
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]
