"""Fakes around a worker: a bus in memory, and a gateway that numbers its commands."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from chatflow.bus.port import Bus, OnMessage
from chatflow.ids import new_id
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.bus import Answers, Command, Count, Hole, Publication, Published, Reply, Signal
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until

Json = dict[str, Any]


class MemoryBus:
    """See `chatflow.bus.port.Bus`: within one process, losing nothing unless told to."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[OnMessage]] = {}
        self.log: list[tuple[str, bytes]] = []

    @property
    def connected(self) -> bool:
        return True

    async def start(self) -> None: ...

    def publish(self, channel: str, payload: bytes) -> None:
        self.log.append((channel, payload))
        for listener in self.listeners.get(channel, []):
            listener(payload)

    async def publish_counted(self, channel: str, payload: bytes) -> int:
        self.publish(channel, payload)
        return len(self.listeners.get(channel, []))

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        self.listeners.setdefault(channel, []).append(on_message)

    async def unsubscribe(self, channel: str) -> None:
        self.listeners.pop(channel, None)

    async def close(self) -> None: ...


class Offers:
    """See `chatflow.jobs.port.JobQueue`: it keeps what it is offered."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def start(self) -> None: ...

    def offer(self, jobs: Sequence[Job]) -> None:
        self.jobs.extend(jobs)

    async def close(self) -> None: ...


class Gateway:
    """Sends commands to one worker's inbox and keeps what comes back."""

    def __init__(self, bus: Bus, name: str = "g1") -> None:
        self.bus = bus
        self.channel = f"replies.{name}"
        self.worker_id = "w1"
        self.replies: dict[tuple[str, int], Reply] = {}
        self.reply_count = 0
        self.holes: list[Hole] = []
        self.events: list[Published] = []
        self.beats: list[Publication] = []
        self.signals: list[Signal] = []
        # Of the publications of signals, and of the beats.
        self.counts: list[Count] = []
        self.signal_beats: list[Count] = []
        self.numbers: dict[str, int] = {}

    async def listen(self, *worker_ids: str) -> None:
        await self.bus.subscribe(self.channel, self.on_answers)
        await self.bus.subscribe("signals", self.on_signals)
        await self.bus.subscribe("signals.beats", self.on_signal_beat)
        for worker_id in worker_ids:
            await self.bus.subscribe(f"events.{worker_id}", self.on_publication)

    def on_answers(self, payload: bytes) -> None:
        answers = msgspec.msgpack.decode(payload, type=Answers)
        self.holes += answers.holes
        self.reply_count += len(answers.replies)
        for reply in answers.replies:
            self.replies[reply.lane, reply.number] = reply

    def on_publication(self, payload: bytes) -> None:
        publication = msgspec.msgpack.decode(payload, type=Publication)
        self.events += publication.events
        self.beats += [publication] if publication.heartbeat else []

    def on_signal_beat(self, payload: bytes) -> None:
        self.signal_beats.append(msgspec.msgpack.decode(payload, type=Count))

    def on_signals(self, payload: bytes) -> None:
        signals = msgspec.msgpack.decode(payload, type=list[Signal])
        self.counts += [signal.count for signal in signals if signal.count is not None]
        self.signals += [msgspec.structs.replace(signal, count=None) for signal in signals]

    def command(
        self,
        actor: str,
        room_id: str,
        body: AnyCommand,
        *,
        op: str | None = None,
        lane: str | None = None,
        number: int | None = None,
        floor: int | None = None,
        attempt: int = 1,
        seconds: float = 8.0,
    ) -> Command:
        lane = lane or f"{actor}/{room_id}"
        self.numbers[lane] = number or self.numbers.get(lane, 0) + 1
        return Command(
            op=op or (f"c:{body.cid}" if body.cid else f"g:{new_id()}"),
            room_id=room_id,
            actor=actor,
            body=body,
            lane=lane,
            number=self.numbers[lane],
            floor=floor or next(count for count in range(1, 10**6) if (lane, count) not in self.replies),
            attempt=attempt,
            deadline=time.time() + seconds,
            reply_to=self.channel,
            request_id=new_id(),
        )

    def send(self, *commands: Command) -> None:
        self.bus.publish(f"commands.{self.worker_id}", msgspec.msgpack.encode(list(commands)))

    async def ask(self, *commands: Command) -> list[Json]:
        """Send commands and return their answers, as the client would see them."""
        self.send(*commands)
        return await self.answers(*commands)

    async def answers(self, *commands: Command) -> list[Json]:
        keys = [(command.lane, command.number) for command in commands]
        await until(lambda: all(key in self.replies for key in keys))
        return [answer_of(self.replies[key]) for key in keys]


def answer_of(reply: Reply) -> Json:
    if reply.error is not None:
        return {"ok": False, "code": reply.error.code}
    return {"ok": True, **msgspec.json.decode(reply.ok or "")}
