"""What people did in the installation whose data is kept: rooms, messages, and everything that can be done to them."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from tests.actors import Actor, Device, Refused
from tests.actors.answers import Json

Done = TypeVar("Done")

# In the order in which they register. The first account is deactivated in the end, so the second owns the installation.
NAMES = ("gone", "ada", "민서", "jihun", "grace", "yuna")
# Yuna has no device when the others address her: her alerts are owed still.
ABSENT = "yuna"
# By whom each room is read who was in it from the start.
READERS = {"harbour": "ada", "한국어": "민서", "logbook": "ada", "attic": "ada", "kitchen": "민서", "direct": "ada"}
# Somebody who came into a room that hides its past.
LATE, LATE_IN = "jihun", "kitchen"
PINS = 4
# In one burst: servers of tests take their time.
AT_ONCE = 10
# Longer than what retention takes can ever be.
KEPT_DAYS = 3650

ENGLISH = (
    "The ferry is late again",
    "Has anybody seen the tide tables?",
    "Fog until noon, says the harbour office",
    "`engine.start()` returns **before** the pump runs",
    "See https://example.org/charts?page=2#north",
    "Two lines\nand an empty one\n\nthen the end",
    "zero\u200bwidth, quotes \" ' and a backslash \\",
    "👩‍👩‍👧‍👦 🇰🇷 and a plain smile :)",
)
KOREAN = (
    "오늘 배가 늦는대요",
    "점심은 국밥 어때요?",
    "회의는 세 시로 옮겼습니다",
    "확인했습니다. 고맙습니다!",
    "\u1112\u1161\u11ab\u1100\u1173\u11af 조합형으로 쓴 글",
    "안개가 걷히면 출항합니다 ⛴",
)


@dataclass
class Story:
    """The people by name, what they made, and how many messages they write in each of the two large rooms."""

    people: dict[str, Actor]
    devices: dict[str, Device]
    messages: int
    # How many of each writer's messages there are edited, how many deleted, and on how many people react.
    changed: int
    rooms: dict[str, str] = field(default_factory=dict)
    # Whom an alert is owed, the room and the seq.
    owed: list[tuple[str, str, int]] = field(default_factory=list)
    # Lets some more people into the kitchen.
    invite: str = ""

    async def tell(self) -> None:
        """Do everything whose alerts are delivered."""
        await self._found_rooms()
        await self._write("harbour", ENGLISH, writers=("ada", "jihun", "grace"))
        await self._write("한국어", KOREAN, writers=("민서", "jihun", "ada"))
        await self._write("logbook", ENGLISH, writers=("grace",), count=20)
        await self._write("attic", ENGLISH, writers=("ada",), count=5)
        await self._write("kitchen", KOREAN, writers=("민서", "ada"), count=30)
        await self._write("direct", KOREAN + ENGLISH, writers=("ada", "민서"), count=30)
        await self._come_late()
        await self._talk_in_threads()
        await self._change_messages()
        await self._read_and_prefer()
        await self._do("ada", "room:update", "attic", archived=True)

    async def leave_alerts_owed(self) -> None:
        """Address people while nobody works off alerts."""
        for number in range(3):
            ack = await self._send("grace", "harbour", f"{number}: <@{self._id(ABSENT)}>, are you there?")
            self.owed.append((ABSENT, self.rooms["harbour"], ack["seq"]))
        ack = await self._send("민서", "한국어", f"<@{self._id(ABSENT)}> <@{self._id('grace')}> 보세요")
        self.owed += [(name, self.rooms["한국어"], ack["seq"]) for name in (ABSENT, "grace")]
        ack = await self._send("민서", "direct", "나중에 얘기해요")
        self.owed.append(("ada", self.rooms["direct"], ack["seq"]))

    async def _found_rooms(self) -> None:
        ada, minseo = self.devices["ada"], self.devices["민서"]
        self.rooms["harbour"] = await ada.create_room("harbour", exactly=True, topic="Ships, tides and FOG")
        self.rooms["한국어"] = await minseo.create_room("한국어", exactly=True, topic="무엇이든")
        self.rooms["logbook"] = await ada.create_room("logbook", exactly=True, retention_days=KEPT_DAYS)
        self.rooms["attic"] = await ada.create_room("attic", exactly=True)
        self.rooms["kitchen"] = await minseo.create_room(
            "kitchen", kind="group", history="joined", members=[self._id("ada")]
        )
        self.rooms["direct"] = await ada.open_direct(self._id("민서"))
        for name in ("harbour", "한국어", "logbook"):
            for person in self.people:
                await self.devices[person].join(self.rooms[name])

    async def _write(
        self, room: str, texts: tuple[str, ...], *, writers: tuple[str, ...], count: int | None = None
    ) -> None:
        """Write in turns, with ids of clients of several kinds: short ones, such with spaces, and UUIDs."""
        numbers = itertools.count()
        left = self.messages if count is None else count
        while left > 0:
            for writer in writers:
                some = [next(numbers) for _ in range(min(AT_ONCE, left))]
                left -= len(some)
                said = {cid_of(number, writer=writer): f"{texts[number % len(texts)]} {number}" for number in some}
                await insist(lambda w=writer, s=said: self._send_all(w, room, s))  # type: ignore[misc]

    async def _send_all(self, writer: str, room: str, said: dict[str, str]) -> None:
        device = self.devices[writer]
        answers = [await device.begin_send(self.rooms[room], text, cid=cid) for cid, text in said.items()]
        await asyncio.gather(*answers)

    async def _send(self, writer: str, room: str, text: str, **fields: str) -> Json:
        cid = str(uuid4())
        return await insist(lambda: self.devices[writer].send(self.rooms[room], text, cid=cid, **fields))

    async def _do(self, who: str, command: str, room: str, **fields: Any) -> None:
        await insist(lambda: self.devices[who].request(command, {"room_id": self.rooms[room], **fields}))

    async def _come_late(self) -> None:
        """Come by invitation into a room that hides its past, and into one that everybody reads."""
        path = f"/api/rooms/{self.rooms['kitchen']}/invites"
        self.invite = str((await self.people["민서"].rest.post(path, {"uses": 5}))["token"])
        jihun = self.devices["jihun"]
        await jihun.request("room:join", {"invite": self.invite}, on_ok=jihun.rooms.enter)
        revoked = await self.people["민서"].rest.post(path, {})
        await self.people["민서"].rest.call("DELETE", f"{path}/{revoked['invite_id']}")
        await self._do("민서", "room:invite", "kitchen", user_id=self._id("grace"))
        await self._send("민서", "kitchen", "모두 반가워요 👋")
        await self._do("민서", "room:kick", "kitchen", user_id=self._id("grace"))
        await self._do("ada", "room:role", "harbour", user_id=self._id("jihun"), role="moderator")
        await self._do("ada", "room:ban", "logbook", user_id=self._id("jihun"))
        await self._do("ada", "room:update", "harbour", topic="Ships, tides, and no more fog")

    async def _talk_in_threads(self) -> None:
        for room in ("harbour", "한국어"):
            root = await self._send("ada", room, f"A thread in {room}: what do you think?")
            for number in range(12):
                await self._send(("jihun", "ada")[number % 2], room, f"reply {number}", thread=root["id"])
            await self._send("jihun", room, "an answer outside of it", reply_to=root["id"])
        await self._do("grace", "thread:follow", "harbour", id=await self._first("harbour"))

    async def _change_messages(self) -> None:
        """Edit, delete, react and pin, and take back a part of it."""
        for room, writers in (("harbour", ("ada", "jihun", "grace")), ("한국어", ("민서", "jihun", "ada"))):
            for writer in writers:
                own = await self._latest_of(writer, room)
                for message in own[: self.changed]:
                    text = f"{message['text']} (edited, <@{self._id('grace')}>)"
                    await self._do(writer, "message:edit", room, id=message["id"], text=text)
                for message in own[self.changed : 2 * self.changed]:
                    await self._do(writer, "message:delete", room, id=message["id"])
                for message in own[2 * self.changed : 3 * self.changed]:
                    for person, emoji in itertools.product(("ada", "jihun", "grace", "gone"), ("👍", "🎉")):
                        await self._do(person, "reaction:add", room, id=message["id"], emoji=emoji)
                    await self._do("grace", "reaction:remove", room, id=message["id"], emoji="🎉")
                    # She changes her mind once more, so the time of her reaction is not that of the first one.
                    await self._do("grace", "reaction:add", room, id=message["id"], emoji="🎉")
            for number, message in enumerate((await self._latest_of(writers[0], room))[-PINS:]):
                await self._do(writers[0], "message:pin", room, id=message["id"])
                if number == 1:
                    await self._do(writers[0], "message:unpin", room, id=message["id"])
        for person in ("grace", "민서"):
            await self._send("ada", "harbour", f"<@{self._id(person)}>: look at this, please")
        await self._send("jihun", "harbour", "<@all> the office closes early")

    async def _read_and_prefer(self) -> None:
        """Everybody has read up to another place, and wishes something else."""
        for number, person in enumerate(NAMES, start=1):
            for room in ("harbour", "한국어"):
                await self._do(person, "read:mark", room, seq=self.messages * number // (len(NAMES) + 1))
        await self._do("grace", "room:notify", "harbour", level="mentions")
        await self._do("jihun", "room:notify", "한국어", level="none")
        await self.devices["grace"].leave(self.rooms["logbook"])

    async def _latest_of(self, writer: str, room: str) -> list[Json]:
        """Return this person's messages of the last pages, oldest first."""
        page = await self.people[writer].history(self.rooms[room], limit=200, before=self.messages)
        return [m for m in page["items"] if m.get("sender") == self._id(writer) and not m["deleted"]]

    async def _first(self, room: str) -> str:
        page = await self.people["ada"].history(self.rooms[room], limit=1, after=0)
        return str(page["items"][0]["id"])

    def _id(self, name: str) -> str:
        return self.people[name].id


def cid_of(number: int, *, writer: str) -> str:
    """Return the id that a client would give a message: a short one, or now and then one with spaces, or a UUID."""
    return {0: f"{number} 번째 글 of {writer}", 1: str(uuid4())}.get(number % 20, f"{writer}/{number}")


async def insist(attempt: Callable[[], Awaitable[Done]]) -> Done:
    """Try again, under the same cid, what a slow server did not do in time."""
    while True:
        try:
            return await attempt()
        except Refused as refused:
            if not refused.retryable:
                raise


@asynccontextmanager
async def open_story(url: str, *, messages: int, changed: int) -> AsyncIterator[Story]:
    """Register everybody and connect a device of each."""
    async with AsyncExitStack() as stack:
        people = {}
        for name in NAMES:
            actor = await stack.enter_async_context(Actor(url, name, known_since=time.time()))
            people[name] = await actor.register()
        yield Story(people, {name: await actor.connect() for name, actor in people.items()}, messages, changed)
