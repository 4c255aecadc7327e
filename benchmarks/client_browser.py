"""A real Chromium in which somebody uses the client, and what it tells of its work."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from benchmarks.build import PROGRAMS, Missing

CPU_SLOWED = 4
WITHIN_SECONDS = 90
SCREEN = {"width": 1440, "height": 900}
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@dataclass(frozen=True)
class Account:
    login: str
    password: str


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise Missing("no chromium on the PATH")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        await browser.close()


@asynccontextmanager
async def sign_in(browser: Browser, url: str, account: Account) -> AsyncIterator[BrowserContext]:
    """Yield a browser that has never been here and has a session; what it keeps goes with the block."""
    context = await browser.new_context(viewport=SCREEN, locale="en-US")  # type: ignore[arg-type]
    try:
        await context.add_init_script(path=PROGRAMS / "page.js")
        answer = await context.request.post(
            f"{url}/api/auth/login",
            data={"login": account.login, "password": account.password, "cookie": True},
            headers={"X-ChatFlow": "1", "Origin": url},
        )
        if not answer.ok:
            raise RuntimeError(f"signing in failed: {await answer.text()}")
        # Without it the page would ask who one is; there is nothing else that it knows.
        signed_in = json.dumps((await answer.json())["user"]["id"])
        await context.add_init_script(f'localStorage.setItem("chatflow.signed_in", {signed_in})')
        yield context
    finally:
        await context.close()


class Tab:
    """One page, and the line to the browser's own figures."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self._devtools = devtools

    @classmethod
    async def open(cls, context: BrowserContext) -> Self:
        page = await context.new_page()
        page.set_default_timeout(WITHIN_SECONDS * 1000)
        devtools = await context.new_cdp_session(page)
        # Processor time, so that what else the machine does is not in it.
        await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        return cls(page, devtools)

    async def slow_down(self) -> None:
        await self._devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWED})

    async def goto_first_messages(self, address: str) -> float:
        """Go there, and return how many milliseconds after that the first message is on the screen."""
        await self.page.goto(address, wait_until="commit")
        return float(await self.page.evaluate("bench.firstMessages"))

    async def until_online(self) -> None:
        """Wait until it says that all is on disk."""
        await self.page.get_by_text("Everything is on disk").wait_for()

    async def until_whole(self, rooms: int) -> None:
        """Wait until the list of rooms is complete."""
        async with asyncio.timeout(WITHIN_SECONDS):
            await self.ask("listed", rooms)

    async def until_kept(self, rooms: int) -> None:
        """Wait until another visit will find all that this one leaves behind."""
        async with asyncio.timeout(WITHIN_SECONDS):
            await self.ask("kept", rooms)

    async def busy_milliseconds(self) -> float:
        """Return how much processor time the page's main thread has taken so far; a slowed one takes no more."""
        metrics = (await self._devtools.send("Performance.getMetrics"))["metrics"]
        return 1000 * next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    async def heap_megabytes(self) -> float:
        """Return what the page's JavaScript holds once the garbage is gone."""
        # What only finalizers let go of goes with the second.
        for _ in range(2):
            await self._devtools.send("HeapProfiler.collectGarbage")
        return float((await self._devtools.send("Runtime.getHeapUsage"))["usedSize"]) / 1e6

    async def ask(self, what: str, *arguments: Any) -> Any:
        """Call a function of `programs/page.js`."""
        return await self.page.evaluate(f"(given) => bench.{what}(...given)", list(arguments))

    async def save_screenshot(self, path: Path) -> None:
        await self.page.screenshot(path=path)
