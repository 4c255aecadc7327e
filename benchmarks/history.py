"""Reading back: a page of 50 messages from anywhere in a large log, asked as the browser asks, through the gateway."""

import http.client
import json
import random
import time
from itertools import accumulate
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import LOCALHOST
from benchmarks.result import Curve, Measure, Result, at_most, not_compared
from benchmarks.seeding import World, append, run_of
from benchmarks.stack import open_stack
from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.protocol.events import Event, MessageCreated
from chatflow.protocol.objects import Message
from chatflow.wire.log import Run
from message_service.stores.port import Span
from message_service.stores.sqlite.store import SqliteStore

PAGE = 50
WARMUP_PAGES = 50
ROOMS = 2000
PEOPLE = 200
MEMBERS = 10
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# Filling takes far longer than reading; what has not been written by then is not measured.
FILLING_SECONDS = 120
# So many as a worker commits at a time when many people write: of as many rooms as they happen to be in.
MESSAGES_PER_APPEND = 64
CHARACTERS = 60
TEXTS = 5000
BEGINNING = 1_795_000_000.0
MILLISECONDS_BETWEEN = 20
TARGET_MILLISECONDS = 20
TARGET_PAGES = 8
TARGET_BYTES = 450
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


class History:
    """A log as people write it: the next message is in any room, in some far more often than in others (Zipf)."""

    def __init__(self, folder: Path, *, rooms: int) -> None:
        self.world = World(PEOPLE)
        self._chance = random.Random(rooms)
        self.rooms = [self.world.add_room(self._chance.sample(range(PEOPLE), MEMBERS)) for _ in range(rooms)]
        # Room → how many messages it has.
        self.counts = dict.fromkeys(self.rooms, 0)
        self.written = 0
        self._weights = list(accumulate(1 / rank for rank in range(1, rooms + 1)))
        self._texts = [self._text() for _ in range(TEXTS)]
        self._path = folder / "messages.db"
        self.world.write(folder)
        self._size_before = self._path.stat().st_size

    @property
    def bytes_per_message(self) -> float:
        return (self._path.stat().st_size - self._size_before) / self.written

    def fill(self, count: int, *, deadline: float) -> float:
        """Write so many messages, or as many as there is time for; return the CPU of the store for one, in µs."""
        store = SqliteStore(str(self._path))
        seconds, begun_at = 0.0, self.written
        end = self.written + count
        while self.written < end and time.monotonic() < deadline:
            runs = self._next_runs(min(MESSAGES_PER_APPEND, end - self.written))
            begun = time.thread_time()
            append(store, runs)
            seconds += time.thread_time() - begun
        store.close()
        return seconds * 1e6 / max(1, self.written - begun_at)

    def some_page(self) -> tuple[str, int]:
        """Return a room, most likely one where much is said, and the seq that a page of it ends before."""
        room_id = self._some_room()
        while self.counts[room_id] < PAGE:
            room_id = self._some_room()
        return room_id, self._chance.randint(PAGE + 2, self.counts[room_id] + 2)

    def file_pages_per_page(self, pages: int) -> float:
        """Return how many pages of the file the store reads for a page of history, once it has run for a while."""
        store = SqliteStore(str(self._path))
        for room_id, before in (self.some_page() for _ in range(WARMUP_PAGES)):
            store.messages(room_id, Span(limit=PAGE, before=before))
        asked = [self.some_page() for _ in range(pages)]
        before_all = reads_of_this_process()
        for room_id, before in asked:
            store.messages(room_id, Span(limit=PAGE, before=before))
        reads = reads_of_this_process() - before_all
        store.close()
        return reads / pages

    def _some_room(self) -> str:
        return self._chance.choices(self.rooms, cum_weights=self._weights)[0]

    def _next_runs(self, messages: int) -> list[Run]:
        said: dict[str, list[Event]] = {}
        for room_id in self._chance.choices(self.rooms, cum_weights=self._weights, k=messages):
            self.written += 1
            n = self.counts[room_id] = self.counts[room_id] + 1
            said.setdefault(room_id, []).append(self._message(room_id, n))
        # The room's creation was its first event.
        return [
            run_of(room_id, events, expected_head=self.counts[room_id] - len(events) + 1)
            for room_id, events in said.items()
        ]

    def _message(self, room_id: str, n: int) -> MessageCreated:
        sender = self.world.people[self._chance.choice(self.world.rooms[room_id])]
        at = write_instant(BEGINNING + self.written * MILLISECONDS_BETWEEN / 1000)
        text = self._chance.choice(self._texts)
        message = Message(id=new_id(), room_id=room_id, seq=n + 1, n=n, cid=new_id(), sender=sender, text=text, at=at)
        return MessageCreated(room_id=room_id, seq=n + 1, n=n, actor=sender, at=at, message=message)

    def _text(self) -> str:
        return " ".join(self._chance.choices(WORDS, k=CHARACTERS))[:CHARACTERS]


def reads_of_this_process() -> int:
    """Return how often this process has read from a file: SQLite reads a page at a time."""
    return int(Path("/proc/self/io").read_text().split("syscr:")[1].split()[0])


def run(bench: Bench) -> Result:
    measures = []
    line: list[tuple[float, float]] = []
    with bench.room("history") as folder:
        history = History(folder, rooms=bench.count(ROOMS, 200))
        deadline = time.monotonic() + bench.pick(FILLING_SECONDS, 10)
        for size in SIZES[: bench.count(len(SIZES), 2)]:
            cpu = history.fill(size - history.written, deadline=deadline)
            written = history.written
            bench.say(f"  {written:,} messages are written, {cpu:.1f} µs of CPU each")
            pages = history.file_pages_per_page(bench.count(2000, 200))
            p50, p99 = read_pages(folder, history, pages=bench.count(2000, 200))
            bench.say(f"  a page at {written:,} messages: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {pages:.1f} of the file")
            measures += [
                Measure(f"a page of {PAGE} at {written:,} messages, p50", "ms", [p50]),
                Measure("the same, p99", "ms", [p99]),
                Measure("pages of the file that are read for it", "pages", [pages]),
                Measure(f"the file, for each message of {CHARACTERS} characters", "bytes", [history.bytes_per_message]),
                Measure("CPU of an append, for each message", "µs", [cpu]),
            ]
            line.append((written, p99))
            if written < size:
                break
        last = history.bytes_per_message
    notes = []
    if written < SIZES[-1]:
        notes.append(f"{written:,} messages rather than {SIZES[-1]:,}: filling the log is bounded in time.")
    notes.append(
        f"{ROOMS:,} rooms, the next message in any of them by Zipf's law, {MESSAGES_PER_APPEND} messages an append."
    )
    at = f"at {written:,} messages"
    return Result(
        measures,
        [
            at_most(line[-1][1], TARGET_MILLISECONDS, what=f"page of {PAGE} {at}, p99", unit="ms"),
            at_most(pages, TARGET_PAGES, what=f"pages of the file read for it {at}", unit="pages"),
            at_most(last, TARGET_BYTES, what=f"the file for a message of {CHARACTERS} characters {at}", unit="bytes"),
            not_compared("search at 1 M messages, p95 ≤ 100 ms", "there is no search yet"),
        ],
        curves=[Curve("sizes", "A page of history", "messages in the log", "p99 in ms", {"p99": line})],
        notes=notes,
    )


def read_pages(folder: Path, history: History, *, pages: int) -> tuple[float, float]:
    """Read pages from random places of rooms, one after the other; returns p50 and p99 in milliseconds."""
    world = history.world
    times = []
    with open_stack(folder) as stack:
        world.write_accounts(folder)
        connection = http.client.HTTPConnection(LOCALHOST, stack.port)
        for number in range(WARMUP_PAGES + pages):
            room_id, before = history.some_page()
            token = world.tokens[world.rooms[room_id][number % MEMBERS]]
            path = f"/api/rooms/{room_id}/messages?limit={PAGE}&before={before}"
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            body = answer.read()
            if number >= WARMUP_PAGES:
                times.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200 or len(json.loads(body)["items"]) != PAGE:
                raise RuntimeError(f"not a page: {answer.status} {body[:300]!r}")
        connection.close()
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]
