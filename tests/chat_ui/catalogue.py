"""The catalogue of the components as a browser shows it, and the pictures of its sections.

Run as `python -m tests.chat_ui.catalogue` to take the pictures anew.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, Route, async_playwright, expect

from tests.chat_ui.browsers import QUIET, find_chromium
from tests.chat_ui.build import run_build
from tests.chat_ui.pictures import keep
from tests.chat_ui.renderer import keep_renderer

BUILT = Path(__file__).parents[2] / "build" / "ui-catalogue"
KEPT = Path(__file__).parent / "references"
# Nobody serves it: what is asked for there is answered out of the folder.
ADDRESS = "http://catalogue.test"
ZONE = "Asia/Seoul"
NOW = datetime(2026, 11, 27, 10, 0, tzinfo=ZoneInfo(ZONE))
THEMES = ("light", "dark")
# What is pointed at in the picture of a section, and in those of all others.
POINTED = {"messages": "[data-id=message-2] [data-message]"}
ELSEWHERE = "[data-title]"
# What is opened by a button of that name, as what it is then found.
OVERLAYS = {
    "confirm": "dialog[open]",
    "create": "dialog[open]",
    "switcher": "dialog[open]",
    "keyboard": "dialog[open]",
    "profile": "[role=dialog]",
    "What calls you here": "[role=menu]",
}


@asynccontextmanager
async def open_catalogue(browser: Browser) -> AsyncIterator[Page]:
    """Show it at a fixed moment, with nothing that moves."""
    context = await browser.new_context(
        locale="en-US", timezone_id=ZONE, viewport={"width": 840, "height": 900}, reduced_motion="reduce"
    )
    await context.clock.set_fixed_time(NOW)
    await context.route(f"{ADDRESS}/**", answer)
    page = await context.new_page()
    await page.goto(f"{ADDRESS}/catalogue/index.html")
    await expect(page.locator("[data-section=overlays]")).to_be_visible()
    await page.evaluate("document.fonts.ready")
    yield page
    await context.close()


async def answer(route: Route) -> None:
    """Serve a file of the folder; there is no server behind it."""
    file = BUILT / route.request.url.removeprefix(ADDRESS).partition("?")[0].lstrip("/")
    if file.is_file():
        await route.fulfill(path=file)
    else:
        await route.abort()


async def show_in(page: Page, theme: str) -> None:
    await page.get_by_label("Theme", exact=True).select_option(theme)


async def take_pictures(page: Page) -> AsyncIterator[tuple[str, bytes]]:
    """Yield each section by its name, in the theme that is shown."""
    sections = page.locator("[data-section]")
    for section in await sections.all():
        name = str(await section.get_attribute("data-section"))
        await page.mouse.move(0, 0)
        await section.locator(POINTED.get(name, ELSEWHERE)).hover()
        yield name, await section.screenshot(animations="disabled", caret="hide")


async def open_overlays(page: Page) -> AsyncIterator[tuple[str, bytes]]:
    """Open each thing that lies over the page, yield it by its name, and close it."""
    section = page.locator("[data-section=overlays]")
    for name, selector in OVERLAYS.items():
        await section.get_by_role("button", name=name).first.click()
        shown = page.locator(selector)
        await expect(shown).to_be_visible()
        yield name.split()[0].lower(), await shown.screenshot(animations="disabled", caret="hide")
        await page.keyboard.press("Escape")
        await expect(shown).to_have_count(0)


def kept_at(name: str, theme: str) -> Path:
    return KEPT / f"{name}-{theme}.png"


async def renew() -> None:
    """Take every picture anew, and write down what drew them."""
    run_build("catalogue")
    keep_renderer()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        async with open_catalogue(browser) as page:
            for theme in THEMES:
                await show_in(page, theme)
                async for name, picture in take_pictures(page):
                    keep(picture, kept_at(name, theme))
                async for name, picture in open_overlays(page):
                    keep(picture, kept_at(name, theme))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(renew())
