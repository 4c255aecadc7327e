"""Renders README's three pictures into docs/pictures: `python -m tests.chat_ui.readme_pictures`.

It starts a product, lets the people of the story talk, and looks at it as one of them. A machine without emoji lends
itself a font for this run alone, out of its package.
"""

import asyncio
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import aiohttp
import socketio
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from chatflow.supervisor import demo
from tests.chat_ui.browsers import QUIET, find_chromium
from tests.chat_ui.build import run_build
from tests.chat_ui.readme_story import CHANNELS, DIRECTS, FAVOURITES, PEOPLE, STATUS, UNREAD_DIRECT, Said
from tests.chat_ui.shots import morning_zone
from tests.chat_ui.words import words
from tests.journeys.system import System, open_system

OUT = Path(__file__).parents[2] / "docs" / "pictures"
ME = "ada"
PASSWORD = "six words that nobody would guess"
EMOJI_PACKAGE = "fonts-noto-color-emoji"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{folder}/cache</cachedir>
  <!-- It has a few emoji of its own, without colours. -->
  <selectfont><rejectfont><pattern>
    <patelt name="family"><string>DejaVu Sans</string></patelt>
  </pattern></rejectfont></selectfont>
</fontconfig>
"""
LARGEST_BYTES = 200_000
QUALITIES = (92, 86, 80, 70)


@dataclass
class Stage:
    """What was said where, by names."""

    url: str
    people: dict[str, demo.Person]
    rooms: dict[str, str] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    said: int = 0

    async def say(self, room_id: str, said: Said) -> int:
        """Say it, and return its place in the room."""
        self.said += 1
        thread = {"thread": self.messages[said.thread]["id"]} if said.thread else {}
        text = said.text.replace("{ada}", f"<@{self.people[ME].id}>")
        message = await self.people[said.sender].ask(
            "message:send", room_id=room_id, cid=f"readme-{self.said}", text=text, **thread
        )
        if said.name:
            self.messages[said.name] = message
        for emoji, who in said.reactions.items():
            for name in who:
                cid = f"readme-{self.said}-{emoji}-{name}"
                await self.people[name].ask("reaction:add", room_id=room_id, cid=cid, id=message["id"], emoji=emoji)
        seq: int = message["seq"]
        if not said.thread:
            self.ends[room_id] = seq
        return seq

    async def say_all(self, room_id: str, lines: list[Said], *, readers: Sequence[demo.Person] = ()) -> None:
        for said in lines:
            seq = await self.say(room_id, said)
            for reader in readers if said is lines[-1] else ():
                await reader.ask("read:mark", room_id=room_id, seq=seq)

    async def read_again(self, room: str) -> None:
        """Let the others tell anew how far they read: a page hears it only while it is open."""
        seen = {"room_id": self.rooms[room], "seq": self.ends[self.rooms[room]]}
        for name, person in self.people.items():
            if name != ME:
                await person.ask("read:unread", **seen)
                await person.ask("read:mark", **seen)


async def main() -> None:
    run_build()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_system(Path(folder) / "system") as system:
        environment = borrow_emoji(Path(folder) / "fonts")
        async with open_stage(system) as stage, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=find_chromium(), args=QUIET, env={**os.environ, **environment}
            )
            # First, for whoever looks at a room has read it.
            await take_inbox(browser, stage)
            await take_room(browser, stage)
            await take_phone(browser, stage)
            await browser.close()


async def take_room(browser: Browser, stage: Stage) -> None:
    """The room with a thread beside it, light and English."""
    async with open_page(browser, stage, language="en-US", theme="light") as page:
        await go(page, f"/rooms/{stage.rooms['engineering']}/thread/{stage.messages['draft']['id']}")
        await expect(page.locator("aside [data-message]").nth(4)).to_be_visible()
        await stage.read_again("engineering")
        await expect(page.locator("#main [data-message] [role=img]").last).to_be_visible()
        await save(page, "room")


async def take_inbox(browser: Browser, stage: Stage) -> None:
    """What calls one, dark and Korean, one of it chosen."""
    async with open_page(browser, stage, language="ko-KR", theme="dark") as page:
        await go(page, "/inbox")
        await page.locator("#main article").filter(has_text="배포 순서").click()
        await expect(page.locator("aside [data-message]").first).to_be_visible()
        await page.mouse.move(0, 0)
        await save(page, "inbox")


async def take_phone(browser: Browser, stage: Stage) -> None:
    """The room on a phone."""
    async with open_page(browser, stage, language="ko-KR", theme="light", size=(390, 844)) as page:
        await go(page, f"/rooms/{stage.rooms['engineering']}")
        await expect(page.locator("#main [data-message]").first).to_be_visible()
        await save(page, "phone")


async def save(page: Page, name: str) -> None:
    await page.evaluate("document.fonts.ready")
    await page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(await page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    # The best that is small enough for a page that many open.
    for quality in QUALITIES:
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=6)
        if written.tell() < LARGEST_BYTES:
            (OUT / f"{name}.webp").write_bytes(written.getvalue())
            return
    raise ValueError(f"{name} is larger than {LARGEST_BYTES} bytes")


@asynccontextmanager
async def open_page(
    browser: Browser,
    stage: Stage,
    *,
    language: str,
    theme: Literal["light", "dark"],
    size: tuple[int, int] = (1440, 900),
) -> AsyncIterator[Page]:
    """Sign in as the one who looks."""
    width, height = size
    is_phone = width < height
    context = await browser.new_context(
        locale=language,
        timezone_id=morning_zone(),
        color_scheme=theme,
        reduced_motion="reduce",
        viewport={"width": width, "height": height},
        device_scale_factor=2 if is_phone else 1,
        has_touch=is_phone,
        is_mobile=is_phone,
    )
    page = await context.new_page()
    await page.goto(stage.url)
    await page.locator("[autocomplete=username]").fill(ME)
    await page.locator("[type=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("nav a[href^='/rooms/']").first).to_be_attached(timeout=30_000)
    offer = page.get_by_role("button", name=words(language.partition("-")[0])["desktop.later"])
    await page.add_locator_handler(offer, lambda offer: offer.click())
    yield page
    await context.close()


async def go(page: Page, path: str) -> None:
    """Go somewhere in the page, as its own links do."""
    await page.evaluate("(path) => { history.pushState(null, '', path); dispatchEvent(new Event('popstate')); }", path)


@asynccontextmanager
async def open_stage(system: System) -> AsyncIterator[Stage]:
    """Let the people of the story talk."""
    async with aiohttp.ClientSession(system.url) as session:
        stage = Stage(system.url, {name: await arrive(session, system.url, name) for name in PEOPLE})
        await talk(stage)
        yield stage
        for person in stage.people.values():
            await person.leave()


async def arrive(session: aiohttp.ClientSession, url: str, name: str) -> demo.Person:
    account = {"username": name, "password": PASSWORD, "display_name": PEOPLE[name]}
    async with session.post("/api/users", json=account) as response:
        answer = await response.json()
    if name in STATUS:
        headers = {"Authorization": f"Bearer {answer['access']}"}
        async with session.patch("/api/users/me", json={"status": STATUS[name]}, headers=headers) as response:
            response.raise_for_status()
    client = socketio.AsyncClient()
    await client.connect(url, auth={"token": answer["access"]}, transports=["websocket"])
    return demo.Person(answer["user"], client)


async def talk(stage: Stage) -> None:
    founder, *others = stage.people.values()
    for number, channel in enumerate(CHANNELS):
        cid = f"readme-room-{number}"
        made = await founder.ask(
            "room:create", cid=cid, kind="channel", name=channel.name, topic=channel.topic, members=[]
        )
        room_id = stage.rooms[channel.name] = made["room"]["id"]
        for other in others:
            await other.ask("room:join", room_id=room_id)
        await stage.say_all(room_id, channel.said, readers=list(stage.people.values()))
        await stage.say_all(room_id, channel.unread)
    for lines in DIRECTS:
        room_id = (await founder.ask("room:direct", user_ids=[stage.people[lines[0].sender].id]))["room"]["id"]
        await stage.say_all(room_id, lines, readers=[founder])
        if lines[0].sender == UNREAD_DIRECT.sender:
            await stage.say(room_id, UNREAD_DIRECT)
    engineering = stage.rooms["engineering"]
    await founder.ask("message:pin", cid="readme-pin", room_id=engineering, id=stage.messages["draft"]["id"])
    for name in FAVOURITES:
        await founder.ask("room:mine:set", room_id=stage.rooms[name], favourite=True)


def borrow_emoji(folder: Path) -> dict[str, str]:
    """Return what a browser's environment needs to show emoji: nothing, where the machine has a font for them."""
    if has_emoji():
        return {}
    folder.mkdir()
    subprocess.run(["apt-get", "download", EMOJI_PACKAGE], cwd=folder, check=True, timeout=300)
    (package,) = folder.glob(f"{EMOJI_PACKAGE}_*.deb")
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True, timeout=60)
    config = folder / "fonts.conf"
    config.write_text(FONTS.format(folder=folder))
    return {"FONTCONFIG_FILE": str(config)}


def has_emoji() -> bool:
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=und-zsye", "family"], capture_output=True, check=True, timeout=60)
    return bool(found.stdout.strip())


if __name__ == "__main__":
    asyncio.run(main())
