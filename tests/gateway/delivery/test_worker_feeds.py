"""A lost publication has only those rooms rechecked that it can concern; so does a live worker that is not heard."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from chatflow.bus.port import OnMessage
from chatflow.ids import new_id, partition_of
from chatflow.leases.port import Lease
from chatflow.wire.bus import Publication, Published
from gateway.delivery.delivery import Delivery
from gateway.delivery.room_stream import RoomStream
from gateway.delivery.worker_feeds import AGREEING_SECONDS, SILENT_SECONDS, UNSUBSCRIBE_SECONDS, WorkerFeeds
from gateway.engine.outbound import Outbound
from gateway.sessions.connection import Connections
from tests.chatflow.virtual_time import VirtualLoop


def room_of(owner: int) -> str:
    """Name a room that the first worker owns, or the second."""
    return next(room_id for _ in range(1000) if partition_of(room_id := new_id()) % 2 == owner)


class Subscriptions:
    """See `chatflow.bus.port.Bus`, as far as listening goes."""

    def __init__(self) -> None:
        self.connected = True
        self.listeners: dict[str, OnMessage] = {}
        self.unsubscribed: list[str] = []

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        self.listeners[channel] = on_message

    async def unsubscribe(self, channel: str) -> None:
        self.unsubscribed.append(channel)
        del self.listeners[channel]


class Receiver:
    """Feeds of two workers, of whom the first owns the even partitions and the second the odd ones."""

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.bus = Subscriptions()
        self.epochs = {"w0": "life 1", "w1": "life 1"}
        self.workers: Any = SimpleNamespace(live={}, owner_of=lambda partition: self.leases[partition % 2])
        self.to_recheck: set[str] = set()
        self.rooms = [room_of(0), room_of(1)]
        loop.run_until_complete(self.begin())

    @property
    def leases(self) -> list[Lease]:
        return [Lease(id=name, epoch=epoch) for name, epoch in self.epochs.items()]

    async def begin(self) -> None:
        bus: Any = self.bus
        self.delivery = Delivery(Outbound(), Connections(), on_behind=lambda _: None, on_recheck=self.on_recheck)
        with self.delivery.noting_heads() as seen:
            self.delivery.keep_streams(dict.fromkeys(self.rooms, 0), seen)
        self.feeds = WorkerFeeds(bus, self.workers, self.delivery)
        self.watching = asyncio.ensure_future(self.feeds.watch_silence())

    def on_recheck(self, streams: Iterable[RoomStream]) -> None:
        self.to_recheck |= {stream.room_id for stream in streams}

    def live(self, *names: str) -> None:
        self.workers.live = {lease.id: lease for lease in self.leases if lease.id in names}
        self.loop.run_until_complete(self.feeds.follow_workers())

    def say(self, name: str, counter: int, *, heartbeat: bool = False, seq: int = 0, room: int | None = None) -> None:
        """One publication of a worker, with an event if a seq is given."""
        room_id = self.rooms[int(name[1]) if room is None else room]
        events = [Published(room_id, seq, 0, "message.created", "42")] if seq else []
        publication = Publication(
            worker_id=name, epoch=self.epochs[name], counter=counter, heartbeat=heartbeat, events=events
        )
        self.bus.listeners[f"events.{name}"](msgspec.msgpack.encode(publication))

    def let_beat(self, seconds: int, *, counters: dict[str, int]) -> None:
        """Pass the time with heartbeats."""
        for _ in range(seconds):
            self.loop.pass_time(1.0)
            for name, counter in counters.items():
                self.say(name, counter, heartbeat=True)

    def rechecked(self) -> list[int]:
        """Return whose rooms were to be rechecked since the last time."""
        found = [owner for owner, room_id in enumerate(self.rooms) if room_id in self.to_recheck]
        self.to_recheck.clear()
        return found


@pytest.fixture
def receiver() -> Any:
    loop = VirtualLoop()
    receiver = Receiver(loop)
    yield receiver
    receiver.watching.cancel()
    loop.run_until_complete(asyncio.wait([receiver.watching]))
    loop.close()


@pytest.fixture
def settled(receiver: Receiver) -> Receiver:
    """Both workers are known and beat for so long that everybody agrees on who owns what."""
    receiver.live("w0", "w1")
    receiver.let_beat(int(AGREEING_SECONDS) + 2, counters={"w0": 0, "w1": 0})
    receiver.rechecked()
    return receiver


def test_what_a_worker_published_before_it_was_listened_to_is_rechecked(receiver: Receiver) -> None:
    receiver.live("w0", "w1")
    assert receiver.rechecked() == [0, 1]
    receiver.say("w0", 1, seq=1)
    assert receiver.rechecked() == []


def test_one_lost_publication_has_its_workers_rooms_rechecked_and_no_others(settled: Receiver) -> None:
    settled.say("w1", 1, seq=1)
    assert settled.rechecked() == []
    settled.say("w1", 3, seq=3)
    assert settled.rechecked() == [1]
    settled.say("w0", 1, heartbeat=True)
    assert settled.rechecked() == [0]


def test_a_publication_that_comes_late_is_no_second_loss(settled: Receiver) -> None:
    settled.say("w0", 1)
    settled.say("w0", 3)
    assert settled.rechecked() == [0]
    settled.say("w0", 2)
    settled.say("w0", 4)
    settled.say("w0", 4, heartbeat=True)
    assert settled.rechecked() == []


def test_a_worker_counts_anew_in_its_next_life(settled: Receiver) -> None:
    settled.say("w0", 1)
    settled.say("w0", 2)
    settled.epochs["w0"] = "life 2"
    settled.say("w0", 0, heartbeat=True)
    settled.say("w0", 1)
    assert settled.rechecked() == []
    settled.epochs["w0"] = "life 3"
    settled.say("w0", 2)
    assert settled.rechecked() == [0]


def test_while_rooms_change_hands_a_loss_may_be_of_any_room(settled: Receiver) -> None:
    settled.live("w0", "w1")
    settled.say("w0", 2)
    assert settled.rechecked() == [0, 1]


def test_what_was_lost_just_before_the_owners_changed_may_be_of_any_room(settled: Receiver) -> None:
    settled.say("w0", 2)
    assert settled.rechecked() == [0]
    settled.live("w0", "w1")
    assert settled.rechecked() == [0, 1]


def test_a_worker_that_writes_in_a_room_of_another_may_have_lost_something_in_any(settled: Receiver) -> None:
    settled.say("w0", 1, seq=1, room=1)
    assert settled.rechecked() == []
    settled.say("w0", 3, seq=1)
    assert settled.rechecked() == [0, 1]


def test_a_worker_that_was_not_heard_while_the_owners_changed_may_have_lost_something_in_any_room(
    settled: Receiver,
) -> None:
    settled.live("w0", "w1")
    settled.let_beat(2 * int(AGREEING_SECONDS), counters={"w0": 0})
    settled.rechecked()
    settled.say("w1", 2)
    assert settled.rechecked() == [0, 1]


def test_a_worker_that_lives_and_is_not_heard_is_subscribed_anew_and_its_rooms_are_rechecked_until_it_is(
    settled: Receiver,
) -> None:
    del settled.bus.listeners["events.w1"]
    settled.let_beat(int(SILENT_SECONDS), counters={"w0": 0})
    assert settled.rechecked() == []
    assert all(map(settled.feeds.receives, settled.rooms))
    settled.let_beat(2, counters={"w0": 0})
    assert settled.rechecked() == [1]
    assert [settled.feeds.receives(room_id) for room_id in settled.rooms] == [True, False]
    settled.let_beat(int(SILENT_SECONDS) + 1, counters={"w0": 0})
    assert settled.rechecked() == [1]
    settled.say("w1", 0, heartbeat=True)
    assert settled.feeds.receives(settled.rooms[1])


def test_while_the_bus_is_away_nobody_is_silent(settled: Receiver) -> None:
    settled.bus.connected = False
    settled.loop.pass_time(60.0)
    settled.bus.connected = True
    settled.loop.pass_time(2.0)
    assert settled.rechecked() == []


def test_who_is_gone_is_listened_to_for_a_while(settled: Receiver) -> None:
    settled.live("w1")
    settled.let_beat(int(UNSUBSCRIBE_SECONDS) - 1, counters={"w1": 0})
    assert settled.bus.unsubscribed == []
    settled.let_beat(2, counters={"w1": 0})
    assert settled.bus.unsubscribed == ["events.w0"]


async def no_time() -> None: ...


@pytest.mark.parametrize("is_followed_first", [True, False])
def test_who_comes_back_as_it_is_left_stays_listened_to(settled: Receiver, is_followed_first: bool) -> None:
    settled.live("w1")

    async def come_back() -> None:
        settled.workers.live = {lease.id: lease for lease in settled.leases}
        settled.feeds._unsubscribe_in_task("w0")
        await (no_time() if is_followed_first else asyncio.sleep(0.1))
        await settled.feeds.follow_workers()

    settled.loop.run_until_complete(come_back())
    settled.loop.pass_time(1.0)
    assert settled.bus.unsubscribed == []


def test_one_that_leaves_while_another_is_subscribed_to_ends_nothing(settled: Receiver) -> None:
    subscribe = settled.bus.subscribe

    async def be_slow(channel: str, on_message: OnMessage) -> None:
        settled.workers.live = {}
        await settled.feeds._unsubscribe("w1")
        await subscribe(channel, on_message)

    settled.bus.subscribe = be_slow  # type: ignore[method-assign]
    settled.loop.pass_time(2 * SILENT_SECONDS)
    assert not settled.watching.done()
    assert settled.bus.unsubscribed == ["events.w1"]


def test_rows_that_were_asked_for_while_something_was_lost_are_rechecked(settled: Receiver) -> None:
    room_id = room_of(0)
    with settled.delivery.noting_heads() as seen:
        settled.say("w0", 2)
        settled.delivery.keep_streams({room_id: 7}, seen)
    assert room_id in settled.to_recheck
