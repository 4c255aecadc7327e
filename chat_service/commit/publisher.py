"""Publishes a flush in one loop tick, events first, then answers, signals and jobs; also heartbeats and holes."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import msgspec

from chat_service.deciding.repeated_commands import TYPE_OF_EVENT
from chat_service.metrics import HOLES
from chatflow.bus.port import Bus
from chatflow.jobs.port import JobQueue
from chatflow.leases.port import Lease
from chatflow.protocol.events import MemberJoined, RoomCreated
from chatflow.wire.bus import (
    EVENTS_CHANNEL,
    SIGNAL_BEATS_CHANNEL,
    SIGNALS_CHANNEL,
    Answers,
    Command,
    Hole,
    Publication,
    Published,
    Reply,
    RoomAppeared,
    Signal,
    SignalCounter,
    packet_of,
)
from chatflow.wire.log import Entry
from chatflow.wire.outbox import Job

# Heartbeats name a changed room's head for this long, so that a gateway that missed the publication notices.
RECENT_SECONDS = 5.0

encode = msgspec.msgpack.Encoder().encode


class Publisher:
    def __init__(self, bus: Bus, jobs: Mapping[str, JobQueue], *, lease: Lease) -> None:
        self._bus = bus
        # By consumer.
        self._jobs = jobs
        self._lease = lease
        self._events_channel = EVENTS_CHANNEL.format(worker_id=lease.id)
        self._counter = 0
        self._events: list[Published] = []
        self._replies: dict[str, list[Reply]] = {}
        self._holes: dict[str, list[Hole]] = {}
        self._signals: list[Signal] = []
        self._signal_counter = SignalCounter(lease.epoch)
        self._owed: dict[str, list[Job]] = {}
        # room → (head, when it was announced)
        self._heads: dict[str, tuple[int, float]] = {}
        self._flush_is_due = False

    def add_stored(self, entries: Sequence[Entry]) -> None:
        """Publish a room's events once they are in the log."""
        for entry in entries:
            event = entry.event
            self._events.append(
                Published(event.room_id, event.seq, event.n, TYPE_OF_EVENT[type(event)], packet_of(event))
            )
            for consumer in entry.consumers:
                self._owed.setdefault(consumer, []).append(Job(event.room_id, event.seq))
            if isinstance(event, MemberJoined):
                self._signals.append(RoomAppeared(event.room_id, [event.user_id], event.seq))
            elif isinstance(event, RoomCreated):
                people = [member.user_id for member in event.members]
                self._signals.append(RoomAppeared(event.room_id, people, event.seq))
        if entries:
            self.announce(entries[-1].event.room_id, entries[-1].event.seq)

    def announce(self, room_id: str, head: int) -> None:
        """Name this head in the next heartbeats, whoever wrote up to it."""
        known, _ = self._heads.get(room_id, (0, 0.0))
        self._heads[room_id] = (max(known, head), time.monotonic())

    def recheck_signals(self) -> None:
        """Make gateways recheck what signals told: something was written unannounced, so people may lack rooms."""
        self._signal_counter.pass_over()

    def send(self, channel: str, reply: Reply) -> None:
        """Answer a gateway, on its channel, with the next flush."""
        self._replies.setdefault(channel, []).append(reply)

    def report_hole(self, command: Command, missing: int) -> None:
        """Ask the gateway for a lane's commands from this number on."""
        HOLES.inc()
        self._holes.setdefault(command.reply_to, []).append(Hole(lane=command.lane, missing=missing))

    def flush(self) -> None:
        """Publish all that has gathered; the bus sends one tick's publications in one write."""
        self._flush_is_due = False
        if self._events:
            self._counter += 1
            self._publish(events=self._events)
            self._events = []
        if self._replies or self._holes:
            self._answer()
        if self._signals:
            self._bus.publish(SIGNALS_CHANNEL, self._signal_counter.encode(self._signals))
            self._signals = []
        if self._owed:
            for consumer, jobs in self._owed.items():
                self._jobs[consumer].offer(jobs)
            self._owed = {}

    def flush_soon(self) -> None:
        """Publish what belongs to no flush (repeated answers, holes) at the end of this tick."""
        if not self._flush_is_due and (self._replies or self._holes):
            self._flush_is_due = True
            asyncio.get_running_loop().call_soon(self.flush)

    def beat(self) -> None:
        """Publish this worker's counters and the rooms that changed lately, so that gateways notice any loss."""
        oldest = time.monotonic() - RECENT_SECONDS
        self._heads = {room_id: head for room_id, head in self._heads.items() if head[1] >= oldest}
        self._publish(heads={room_id: head for room_id, (head, _) in self._heads.items()})
        self._bus.publish(SIGNAL_BEATS_CHANNEL, encode(self._signal_counter.now))

    def _publish(self, *, events: list[Published] | None = None, heads: dict[str, int] | None = None) -> None:
        publication = Publication(
            worker_id=self._lease.id,
            epoch=self._lease.epoch,
            counter=self._counter,
            heartbeat=events is None,
            events=events or [],
            heads=heads or {},
        )
        self._bus.publish(self._events_channel, encode(publication))

    def _answer(self) -> None:
        for channel in self._replies.keys() | self._holes.keys():
            answers = Answers(
                worker_id=self._lease.id,
                epoch=self._lease.epoch,
                replies=self._replies.get(channel, []),
                holes=self._holes.get(channel, []),
            )
            self._bus.publish(channel, encode(answers))
        self._replies = {}
        self._holes = {}
