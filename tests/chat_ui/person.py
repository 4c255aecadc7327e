"""A person at a browser, who sees and does only what the page offers."""

import re
from typing import Self

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, ViewportSize, expect

PASSWORD = "correct horse battery staple 9"
# What the browser itself writes when a server is away is expected in tests that take it away.
NETWORK_COMPLAINT = re.compile(r"Failed to load resource|WebSocket connection to")

DESK: ViewportSize = {"width": 1200, "height": 760}


class Person:
    """One person in one browser window of their own."""

    def __init__(self, url: str, context: BrowserContext, page: Page, *, username: str) -> None:
        self.url = url
        self.context = context
        self.page = page
        self.username = username
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    @classmethod
    async def arrive(
        cls, browser: Browser, url: str, *, username: str, locale: str = "en-US", viewport: ViewportSize = DESK
    ) -> Self:
        context = await browser.new_context(locale=locale, viewport=viewport)
        page = await context.new_page()
        person = cls(url, context, page, username=username)
        await page.goto(url)
        return person

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name="Messages in")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message ")

    def room(self, name: str) -> Locator:
        return self.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=name)

    async def sign_up(self, display_name: str) -> None:
        await self.page.get_by_role("link", name="New here?").click()
        await self.page.get_by_label("Username").fill(self.username)
        await self.page.get_by_label("Name shown to others").fill(display_name)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.is_online()

    async def sign_in(self) -> None:
        await self.page.get_by_label("Username or e-mail").fill(self.username)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.is_online()

    async def is_online(self) -> None:
        await expect(self.page.get_by_text("Everything is on disk")).to_be_visible(timeout=15_000)

    async def create_channel(self, name: str) -> None:
        # By its title, for the first steps have a button of that name too while there is no channel.
        await self.page.get_by_title("Create a channel").click()
        await self.page.get_by_label("Channel name").fill(name)
        await self.page.keyboard.press("Enter")
        await self.is_in(f"#{name}")

    async def join_channel(self, name: str) -> None:
        await self.page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Browse channels").click()
        await self.page.get_by_label("Search channels").fill(name)
        await self.page.get_by_role("button", name=f"Join #{name}").click()
        await self.is_in(f"#{name}")

    async def is_in(self, room: str) -> None:
        await expect(self.page.get_by_role("heading", level=1, name=room.removeprefix("#"))).to_be_visible()

    async def write(self, text: str) -> None:
        await self.field.fill(text)
        await self.page.keyboard.press("Enter")

    async def sees(self, text: str) -> None:
        """Wait until the text is shown exactly once, confirmed."""
        row = self.messages.get_by_role("article").filter(has_text=text)
        await expect(row).to_have_count(1, timeout=15_000)
        await expect(row.locator("time")).to_be_attached(timeout=15_000)

    async def texts(self) -> list[str]:
        """Return the text of each confirmed message, from top to bottom."""
        rows = self.messages.get_by_role("article").filter(has=self.page.locator("time"))
        return await rows.locator("[data-message-text]").all_inner_texts()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not NETWORK_COMPLAINT.search(message.text):
            self.complaints.append(message.text)
