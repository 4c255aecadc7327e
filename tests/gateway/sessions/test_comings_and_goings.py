"""People connect, leave and are thrown out while answers are slow: nothing comes after an end, and nothing is left."""

import functools
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chatflow.protocol import events
from chatflow.wire.bus import RoomAppeared
from tests.chatflow.virtual_time import VirtualLoop
from tests.gateway.handheld import Device
from tests.gateway.unplugged_gateway import UnpluggedGateway
from tests.gateway.world import World

PLACES = st.integers(min_value=0, max_value=2)
# The third room is a direct one, which people leave by hiding it.
CHANNELS = st.integers(min_value=0, max_value=1)
ENDINGS = {"left": events.MemberLeft, "kicked": events.MemberKicked, "banned": events.MemberBanned}


def in_the_loop(body: Callable[..., None]) -> Callable[..., None]:
    """As what a client sends is handled, or what the bus brings."""

    @functools.wraps(body)
    def run(self: "ComingsAndGoings", **given: Any) -> None:
        async def soon() -> None:
            body(self, **given)

        self.loop.run_until_complete(soon())

    return run


class ComingsAndGoings(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.gateway: UnpluggedGateway = self.loop.run_until_complete(self.open_gateway())
        self.world = self.gateway.world
        self.people = [self.world.person(name) for name in ("alice", "bob", "carol")]
        alice, bob, carol = self.people
        self.direct = self.world.room(alice, bob, kind="direct")
        self.rooms = [self.world.room(alice, bob, carol), self.world.room(carol), self.direct]
        self.banned: set[tuple[str, str]] = set()
        self.devices = [Device(self.gateway) for _ in range(3)]
        self.is_fine = True

    async def open_gateway(self) -> UnpluggedGateway:
        gateway = UnpluggedGateway(World())
        await gateway.open()
        return gateway

    def device(self, place: int) -> Device:
        return self.devices[place]

    @rule(place=PLACES, person=PLACES)
    @in_the_loop
    def connect(self, place: int, person: int) -> None:
        if self.device(place).is_free:
            self.device(place).connect(self.people[person])

    @rule(place=PLACES)
    @in_the_loop
    def disconnect(self, place: int) -> None:
        if self.device(place).is_in:
            # What has left before may be read still.
            self.device(place).read()
        if self.device(place).is_in:
            self.device(place).put("1")
            self.device(place).client.disconnect()

    @rule(place=PLACES)
    @in_the_loop
    def hang_up(self, place: int) -> None:
        self.device(place).hang_up()

    @rule(place=PLACES)
    @in_the_loop
    def refresh(self, place: int) -> None:
        if self.device(place).is_in:
            self.device(place).ask("auth:refresh", token=self.device(place).new_token())

    @rule(place=PLACES, which=st.integers(min_value=1, max_value=2))
    @in_the_loop
    def revoke(self, place: int, which: int) -> None:
        for session_id in self.device(place).session_ids[-which:][:1]:
            self.gateway.revoke(session_id)

    @rule(place=PLACES, room=PLACES, name=st.sampled_from(["room:join", "room:leave", "read:mark", "typing:start"]))
    @in_the_loop
    def ask_about_a_room(self, place: int, room: int, name: str) -> None:
        device, room_id = self.device(place), self.rooms[room].id
        if device.is_in and (name != "room:join" or (room_id, device.user_id) not in self.banned):
            device.ask(name, room_id=room_id, **({"seq": 1} if name == "read:mark" else {}))

    @rule(place=PLACES, watched=st.sets(PLACES))
    @in_the_loop
    def watch(self, place: int, watched: set[int]) -> None:
        if self.device(place).is_in:
            self.device(place).ask("presence:watch", user_ids=[self.people[each] for each in watched])

    @rule(place=PLACES, room=PLACES)
    @in_the_loop
    def look(self, place: int, room: int) -> None:
        if self.device(place).is_in:
            self.device(place).ask("focus", room_id=self.rooms[room].id)

    @rule(place=PLACES, after=st.integers(min_value=0, max_value=3))
    @in_the_loop
    def sync(self, place: int, after: int) -> None:
        if self.device(place).is_in:
            self.device(place).ask("room:sync", rooms={room.id: after for room in self.rooms})

    @rule(room=CHANNELS, person=PLACES, ending=st.sampled_from(sorted(ENDINGS)))
    @in_the_loop
    def end_membership(self, room: int, person: int, ending: str) -> None:
        found, user_id = self.rooms[room], self.people[person]
        if user_id in found.joined:
            self.publish(found.leave(user_id, kind=ENDINGS[ending], actor=user_id))
            self.world.touch(user_id)
            if ending == "banned":
                self.banned.add((found.id, user_id))

    @rule(room=CHANNELS, person=PLACES)
    @in_the_loop
    def be_added(self, room: int, person: int) -> None:
        found, user_id = self.rooms[room], self.people[person]
        if user_id not in found.joined:
            self.banned.discard((found.id, user_id))
            event = found.join(user_id)
            self.publish(event)
            self.world.touch(user_id)
            self.gateway.worker.signal(RoomAppeared(room_id=found.id, user_ids=[user_id], seq=event.seq))

    @rule(room=PLACES)
    @in_the_loop
    def say(self, room: int) -> None:
        self.publish(self.rooms[room].send(self.people[room % 2], "hello"))

    @rule(is_losing=st.booleans())
    @in_the_loop
    def lose(self, is_losing: bool) -> None:
        self.gateway.worker.spoil = lambda publication: [] if is_losing else [publication]

    @rule(place=st.integers(min_value=0, max_value=5), is_failing=st.booleans())
    @in_the_loop
    def answer(self, place: int, is_failing: bool) -> None:
        self.gateway.services.let_go(place, failing=is_failing)

    @rule(seconds=st.sampled_from([0.01, 0.3, 3.0, 12.0]))
    def wait(self, seconds: float) -> None:
        self.loop.pass_time(seconds)

    def publish(self, event: Any) -> None:
        self.gateway.worker.publish(event)

    @invariant()
    def nothing_came_that_must_not(self) -> None:
        self.is_fine = False
        self.loop.settle()
        for device in self.devices:
            device.read()
        assert self.loop.complaints == []
        self.is_fine = True

    def teardown(self) -> None:
        try:
            if self.is_fine:
                self.come_to_rest()
                self.everybody_who_is_in_has_what_is_theirs()
                self.nothing_is_left()
        finally:
            self.loop.run_until_complete(self.gateway.close())
            self.loop.close()

    def come_to_rest(self) -> None:
        self.gateway.services.let_all_go()
        self.gateway.worker.spoil = lambda publication: [publication]
        for _ in range(15):
            self.loop.pass_time(1.0)
            self.gateway.services.let_all_go()
            self.nothing_came_that_must_not()

    def everybody_who_is_in_has_what_is_theirs(self) -> None:
        for life in [device.client.life for device in self.devices if device.is_in and device.client.life is not None]:
            assert life.is_ready
            assert life.asked == {}, "unanswered"
            assert life.rooms == {
                room.id: room.head
                for room in self.rooms
                if life.user_id in room.joined and not room.row(life.user_id).is_hidden
            }

    def nothing_is_left(self) -> None:
        gateway = self.gateway
        for place in range(3):
            self.hang_up(place=place)
        self.loop.pass_time(20.0)
        assert (len(gateway.connections), gateway.connections._by_session, gateway.connections.rooms_versions) == (
            0,
            {},
            {},
        )
        assert gateway.delivery.streams == {}
        assert (gateway.presence._watching, gateway.presence._watchers, gateway.presence._leaving) == ({}, {}, {})
        assert gateway.focus._shown == {}
        assert (gateway.commands._lanes, gateway.commands._active) == ({}, {})
        assert gateway.sockets.eio.sockets == {}
        assert len(self.loop.timers) <= len(gateway.running), self.loop.timers


TestComingsAndGoings = ComingsAndGoings.TestCase
TestComingsAndGoings.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
