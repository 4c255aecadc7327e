"""A simple fake worker that can be made to fail: it loses, doubles and reorders what it publishes."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from chatflow.bus.opening import open_bus
from chatflow.bus.port import Bus
from chatflow.errors import ChatFlowError, NotAMember, NotFound
from chatflow.leases.port import LeaseKeeper, new_lease
from chatflow.process.settings import Settings
from chatflow.protocol import commands, events
from chatflow.wire.bus import (
    COMMANDS_CHANNEL,
    EVENTS_CHANNEL,
    SIGNAL_BEATS_CHANNEL,
    SIGNALS_CHANNEL,
    Answers,
    Command,
    Publication,
    Published,
    Reply,
    RoomAppeared,
    SignalCounter,
)
from tests.gateway.world import AT, FakeRoom, World

encode = msgspec.msgpack.encode


class FakeWorker:
    """Owns every room while it lives. `publish` may be replaced to let publications go wrong."""

    def __init__(self, world: World, redis_url: str, *, name: str = "w1") -> None:
        self.world = world
        self.name = name
        self.lease = new_lease(name)
        self.received: list[Command] = []
        self.counter = 0
        self.heads: dict[str, int] = {}
        self.is_deaf = False
        # What it answers to every command, if anything.
        self.refusal: ChatFlowError | None = None
        # Whether what it signals is lost on its way.
        self.loses_signals = False
        self.signal_counter = SignalCounter(self.lease.epoch)
        # What becomes of each publication on its way: as it is, by default.
        self.spoil: Callable[[Publication], list[Publication]] = lambda publication: [publication]
        self._keeper = LeaseKeeper(redis_url, kind="worker", lease=self.lease)
        self.bus: Bus = open_bus(Settings(redis_url=redis_url), on_gap=lambda: None)
        self._heart: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.bus.start()
        await self.bus.subscribe(COMMANDS_CHANNEL.format(worker_id=self.name), self.on_commands)
        await self._keeper.start()
        self._heart = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        await self.fall_silent()
        await self._keeper.release()
        await self.bus.close()

    async def fall_silent(self) -> None:
        """Go on living, but publish nothing from now on."""
        if self._heart is not None:
            self._heart.cancel()
            await asyncio.gather(self._heart, return_exceptions=True)

    def publish(self, *published: Published) -> None:
        """Announce events, as the worker of a flush does."""
        self.counter += 1
        self.heads.update({event.room_id: event.seq for event in published})
        self._emit(self._publication(list(published), heartbeat=False))

    def signal(self, signal: Any) -> None:
        publication = self.signal_counter.encode([signal])
        if not self.loses_signals:
            self.bus.publish(SIGNALS_CHANNEL, publication)

    def on_commands(self, payload: bytes) -> None:
        batch = msgspec.msgpack.decode(payload, type=list[Command])
        self.received += batch
        if self.is_deaf:
            return
        for reply_to in {command.reply_to for command in batch}:
            replies = [self._reply(command) for command in batch if command.reply_to == reply_to]
            self.bus.publish(reply_to, encode(Answers(worker_id=self.name, epoch=self.lease.epoch, replies=replies)))

    def _reply(self, command: Command) -> Reply:
        where: dict[str, Any] = {"lane": command.lane, "number": command.number, "op": command.op}
        try:
            ok = self._decide(command)
        except ChatFlowError as error:
            return Reply(**where, ok=None, error=error.body)
        return Reply(**where, ok=msgspec.json.encode(ok).decode())

    def _decide(self, command: Command) -> dict[str, Any]:
        if self.refusal is not None:
            raise self.refusal
        room = self.world.rooms.get(command.room_id)
        known = None if room is None else room.known.get((command.actor, command.op))
        if known is not None:
            return {**known, "duplicate": True}
        match command.body:
            case commands.CreateRoom(members=members):
                room = self.world.rooms[command.room_id] = FakeRoom(command.room_id)
                return self._done(command, room, room.create(command.actor, members), appeared=[*members])
            case commands.OpenDirect(user_ids=others):
                if room is not None:
                    return {"room_id": room.id, "seq": room.head}
                room = self.world.rooms[command.room_id] = FakeRoom(command.room_id, kind="direct")
                return self._done(command, room, room.create(command.actor, others), appeared=others)
        if room is None:
            raise NotFound
        match command.body:
            case commands.JoinRoom():
                if command.actor in room.joined:
                    return {"room_id": room.id, "seq": room.head}
                if room.kind == "direct":
                    raise NotFound
                return self._done(command, room, room.join(command.actor), appeared=[])
        if command.actor not in room.joined:
            raise NotAMember
        match command.body:
            case commands.LeaveRoom() if room.kind == "direct":
                return {"seq": room.head}
            case commands.LeaveRoom():
                return self._done(command, room, room.leave(command.actor))
            case commands.KickMember(user_id=user_id):
                kicked = room.leave(user_id, kind=events.MemberKicked, actor=command.actor)
                return self._done(command, room, kicked)
            case commands.CreateInvite():
                return {"seq": room.head, "invite_id": command.body.secret_hash[:8]}
            case commands.SendMessage(text=text, cid=cid):
                event = room.send(command.actor, text, cid=cid)
                return self._done(command, room, event, id="m", at=AT, n=event.n, duplicate=False)
        raise NotFound

    def _done(
        self, command: Command, room: FakeRoom, event: Published, *, appeared: list[str] | None = None, **more: Any
    ) -> dict[str, Any]:
        answer = room.known[command.actor, command.op] = {"room_id": room.id, "seq": event.seq, **more}
        self.publish(event)
        if appeared is not None:
            self.world.touch(command.actor, *appeared)
            self.signal(RoomAppeared(room_id=room.id, user_ids=[command.actor, *appeared], seq=event.seq))
        return answer

    def _publication(self, published: list[Published], *, heartbeat: bool) -> Publication:
        return Publication(
            worker_id=self.name,
            epoch=self.lease.epoch,
            counter=self.counter,
            heartbeat=heartbeat,
            events=published,
            heads=dict(self.heads) if heartbeat else {},
        )

    def _emit(self, publication: Publication) -> None:
        for each in self.spoil(publication):
            self.bus.publish(EVENTS_CHANNEL.format(worker_id=self.name), encode(each))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            self.bus.publish(EVENTS_CHANNEL.format(worker_id=self.name), encode(self._publication([], heartbeat=True)))
            self.bus.publish(SIGNAL_BEATS_CHANNEL, encode(self.signal_counter.now))
