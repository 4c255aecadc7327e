"""A fake message_service, in memory and over real HTTP; it keeps the room log's promises, and fails where told to."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto

import msgspec
from aiohttp import web

from chatflow.ids import partition_of
from chatflow.protocol.events import MessageCreated
from chatflow.protocol.objects import Attachment
from chatflow.wire.log import (
    Append,
    AppendAnswer,
    Entry,
    Known,
    Load,
    LoadAnswer,
    LoadedRoom,
    LoadRoom,
    Run,
    RunResult,
)
from chatflow.wire.outbox import Job, OwedAnswer, OwedRequest
from chatflow.wire.recent import RecentAnswer, RecentRequest
from chatflow.wire.retention import Trim, TrimsAnswer, TrimsRequest
from tests.chat_service.log_fold import LogFold


class Fault(Enum):
    """What becomes of one append."""

    LOST = auto()  # it never arrives, and nobody says so
    ANSWER_LOST = auto()  # it is done, and nobody hears of it
    UNAVAILABLE = auto()
    HTML = auto()  # it is done, and a proxy in between answers something of its own
    CONTRADICTORY = auto()  # it is done, and the answer says that nothing applied and nothing stopped it
    NOT_TOLD = auto()  # a question for recent heads fails; appends do not


class FakeStore:
    def __init__(self) -> None:
        self.rooms: dict[str, LogFold] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.ops: dict[tuple[str, str, str], Entry] = {}
        # (uploader, file) → file
        self.files: dict[tuple[str, str], Attachment] = {}
        self.faults: deque[Fault] = deque()
        self.appends: list[Append] = []
        # The log's time, if it tells one.
        self.now: float | None = None
        self.trims: list[Trim] = []
        self.questions_for_trims = 0
        self.loads: list[Load] = []
        # Rooms of which it can answer nothing that a worker could read.
        self.unreadable: set[str] = set()
        # So many rooms fit into an answer.
        self.rooms_per_load: int | None = None
        # op → what it says that the first command under it said.
        self.bodies: dict[str, dict[str, object]] = {}
        # Cleared, it holds appends at the door until it is set.
        self.open = asyncio.Event()
        self.open.set()
        self.at_the_door = 0
        # So many appends that come now pass those at the door.
        self.overtaking = 0
        # How long each step of an append takes it; one append at a time, as one disk would.
        self.seconds_per_step = 0.0
        self._disk = asyncio.Lock()
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeStore"]:
        app = web.Application(client_max_size=2**26)
        app.add_routes(
            [
                web.post("/internal/append", self.on_append),
                web.post("/internal/load", self.on_load),
                web.post("/internal/owed", self.on_owed),
                web.post("/internal/recent", self.on_recent),
                web.post("/internal/trims", self.on_trims),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        yield self
        self.open.set()
        await runner.cleanup()

    async def on_append(self, request: web.Request) -> web.Response:
        append = msgspec.msgpack.decode(await request.read(), type=Append)
        self.appends.append(append)
        if self.overtaking:
            self.overtaking -= 1
        else:
            self.at_the_door += 1
            await self.open.wait()
            self.at_the_door -= 1
        if self.seconds_per_step:
            async with self._disk:
                await asyncio.sleep(self.seconds_per_step * sum(len(run.steps) for run in append.runs))
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.UNAVAILABLE or append.deadline <= time.time():
            return error_response("unavailable")
        if fault is Fault.LOST:
            cut(request)
        results = [self.append(run) for run in append.runs]
        if fault is Fault.ANSWER_LOST:
            cut(request)
        if fault is Fault.HTML:
            return web.Response(body=b"<html>Welcome</html>", content_type="text/html")
        if fault is Fault.CONTRADICTORY:
            results = [msgspec.structs.replace(result, applied=0) for result in results]
        return packed(AppendAnswer(results=results, now=self.now))

    async def on_load(self, request: web.Request) -> web.Response:
        load = msgspec.msgpack.decode(await request.read(), type=Load)
        self.loads.append(load)
        if any(room.room_id in self.unreadable for room in load.rooms):
            return web.Response(body=msgspec.msgpack.encode({"rooms": [{"room_id": 1}]}))
        answered = load.rooms[: self.rooms_per_load if load.in_parts else None]
        return packed(LoadAnswer(rooms=[self.load(room) for room in answered], now=self.now))

    async def on_owed(self, request: web.Request) -> web.Response:
        """Nobody takes jobs over here, and all are old enough."""
        asked = msgspec.msgpack.decode(await request.read(), type=OwedRequest)
        events = [entry.event for log in self.entries.values() for entry in log if asked.consumer in entry.consumers]
        jobs = [
            Job(event.room_id, event.seq) for event in events if partition_of(event.room_id) in (asked.partitions or ())
        ]
        return packed(OwedAnswer(jobs=jobs[: asked.limit]))

    async def on_recent(self, request: web.Request) -> web.Response:
        """Everything here is young."""
        asked = msgspec.msgpack.decode(await request.read(), type=RecentRequest)
        if self.faults and self.faults[0] is Fault.NOT_TOLD:
            self.faults.popleft()
            return error_response("unavailable")
        heads = {
            room_id: fold.head for room_id, fold in self.rooms.items() if partition_of(room_id) in asked.partitions
        }
        return packed(RecentAnswer(heads))

    async def on_trims(self, request: web.Request) -> web.Response:
        """What is due is what the test says, one on a page."""
        asked = msgspec.msgpack.decode(await request.read(), type=TrimsRequest)
        self.questions_for_trims += 1
        position = int(asked.after or 0)
        more = str(position + 1) if position + 1 < len(self.trims) else None
        return packed(TrimsAnswer(trims=self.trims[position : position + 1], next=more))

    def append(self, run: Run) -> RunResult:
        """Do what the real store does in one transaction."""
        fold = self.rooms.setdefault(run.room_id, LogFold(run.room_id))
        log = self.entries.setdefault(run.room_id, [])
        own = [step.entry.id for step in run.steps if step.entry is not None]
        slots = [entry.id for entry in log[run.expected_head : run.expected_head + len(own)]]
        if own and own == slots:
            assert len(own) == len(run.steps), "a replayed run repeats its events only"
            return RunResult(room_id=run.room_id, applied=len(own), head=fold.head)
        if run.expected_head != fold.head:
            return RunResult(room_id=run.room_id, applied=0, head=fold.head, stopped_by="head")
        for applied, step in enumerate(run.steps):
            actor, op = (step.entry.event.actor, step.entry.op) if step.entry else (step.check.actor, step.check.op)  # type: ignore[union-attr]
            first = self.ops.get((run.room_id, actor, op))
            if first is not None:
                return RunResult(
                    room_id=run.room_id, applied=applied, head=fold.head, stopped_by="op", known=self.known(fold, first)
                )
            if step.entry is not None:
                fold.apply(step.entry)
                log.append(step.entry)
                self.ops[run.room_id, actor, op] = step.entry
        return RunResult(room_id=run.room_id, applied=len(run.steps), head=fold.head)

    def known(self, fold: LogFold, entry: Entry) -> Known:
        event = entry.event
        body = None
        if isinstance(event, MessageCreated):
            message = fold.messages[event.message.id]
            stands = not message["deleted"] and not message.get("edited")
            body = {name: message[name] for name in ("text", "reply_to", "thread", "attachments")} if stands else None
        body = self.bodies.get(entry.op, body)
        return Known(op=entry.op, type=event.type, id=entry.id, seq=event.seq, n=event.n, at=event.at, body=body)

    def load(self, asked: LoadRoom) -> LoadedRoom:
        fold = self.rooms.get(asked.room_id)
        if fold is None or fold.head == 0:
            return LoadedRoom(room_id=asked.room_id, head=0, n=0)
        messages = [
            fold.message_state(
                message_id, reactors={person for message, person in asked.reactors if message == message_id}
            )
            for message_id in asked.message_ids
        ]
        return LoadedRoom(
            room_id=asked.room_id,
            head=fold.head,
            n=fold.n,
            snapshot=fold.snapshot() if asked.snapshot else None,
            messages=[message for message in messages if message is not None],
            files=[(key[0], self.files[key]) for key in asked.files if key in self.files],
        )


def cut(request: web.Request) -> None:
    """End the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    raise asyncio.CancelledError


def packed(answer: msgspec.Struct) -> web.Response:
    return web.Response(body=msgspec.msgpack.encode(answer), content_type="application/msgpack")


def error_response(code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code, "retryable": True}}, status=503)
