"""The installation of `--demo`, whose people have talked a little more, so that every screen has something to show."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from chatflow.supervisor import demo
from chatflow.supervisor.demo_story import ROOMS
from tests.journeys.system import System, open_system

SETTINGS = {"CHATFLOW_DEMO": "1"}
# Where the screens are looked at.
ME, OTHER = "ada", "minsu"
PASSWORDS = "demo.json"
FILLED_WITHIN_SECONDS = 60
CHECK_EVERY_SECONDS = 0.1


@dataclass
class Demo:
    """What was said where, by names."""

    url: str
    passwords: dict[str, str]
    rooms: dict[str, str] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, demo.Person] = field(default_factory=dict)

    async def say(self, name: str, who: str, room: str, text: str, **more: Any) -> None:
        text = text.replace("{ada}", f"<@{self.people[ME].id}>")
        self.messages[name] = await self.people[who].ask(
            "message:send", room_id=self.rooms[room], cid=f"screens-{name}", text=text, **more
        )

    async def leave_unread(self) -> None:
        """Let what was read be unread again, as the screens begin."""
        told = self.messages["unread"]
        await self.people[ME].ask("read:unread", room_id=told["room_id"], seq=told["seq"])


@contextmanager
def open_demo_system(folder: Path) -> Iterator[System]:
    with open_system(folder, settings=SETTINGS) as system:
        wait_for_passwords(system.data / PASSWORDS)
        yield system


@asynccontextmanager
async def open_demo(system: System) -> AsyncIterator[Demo]:
    """Let the two talk on; done once, it is not repeated."""
    passwords = wait_for_passwords(system.data / PASSWORDS)
    shown = Demo(system.url, passwords)
    async with aiohttp.ClientSession(system.url) as session:
        for name, password in passwords.items():
            shown.people[name] = await demo.Person.arrive(session, system.url, name, password)
        for number, room in enumerate(ROOMS):
            shown.rooms[room.name or "direct"] = await demo.open_room(shown.people, number)
        await talk_on(shown)
        yield shown
        for person in shown.people.values():
            await person.leave()


def wait_for_passwords(file: Path) -> dict[str, str]:
    """Wait until the demo is filled in, which begins once the product is ready."""
    deadline = time.monotonic() + FILLED_WITHIN_SECONDS
    while not (file.exists() and json.loads(file.read_bytes())["filled"]):
        if time.monotonic() > deadline:
            raise TimeoutError("the demo is not filled in")
        time.sleep(CHECK_EVERY_SECONDS)
    passwords: dict[str, str] = json.loads(file.read_bytes())["passwords"]
    return passwords


async def talk_on(shown: Demo) -> None:
    me, other = shown.people[ME], shown.people[OTHER]
    await shown.say("lamp", ME, "harbour", "The lamp turns again: **10.0 s** a turn. Who writes it down?")
    lamp = shown.messages["lamp"]["id"]
    await shown.say("noted", OTHER, "harbour", "적어 두었어요 {ada}, 고마워요!", reply_to=lamp)
    for number, (who, text) in enumerate(
        [(OTHER, "10.0 s by the long watch."), (ME, "And by the short one?"), (OTHER, "똑같아요.")]
    ):
        await shown.say(f"reply-{number}", who, "harbour", text, thread=lamp)
    await shown.say("mine", ME, "harbour", "Then the tea is earned.")
    here = {"room_id": shown.rooms["harbour"]}
    for number, (reader, emoji) in enumerate([(other, "👍"), (me, "👍"), (other, "👀")]):
        await reader.ask("reaction:add", cid=f"screens-reaction-{number}", id=lamp, emoji=emoji, **here)
    await me.ask("message:pin", cid="screens-pin", id=lamp, **here)
    await shown.say("unread", OTHER, "lighthouse", "{ada}, 배터리가 얼마 남지 않았어요.")
    await shown.say("later", OTHER, "lighthouse", "Two hours, perhaps three.")
    for name, owner in (("old-pier", me), ("kitchen", other)):
        made = await owner.ask("room:create", cid=f"screens-{name}", kind="channel", name=name, topic="", members=[])
        shown.rooms[name] = made["room"]["id"]
    await me.ask("room:update", cid="screens-archive", room_id=shown.rooms["old-pier"], archived=True)
