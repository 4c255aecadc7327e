"""The page of the API's documents is readable in every window, in light and dark, and without a script."""

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.journeys.system import System

WINDOWS = {"wide": ViewportSize(width=1280, height=800), "narrow": ViewportSize(width=360, height=740)}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_is_readable(browser: Browser, system: System, window: str, scheme: str) -> None:
    complaints: list[str] = []
    page = await browser.new_page(
        viewport=WINDOWS[window],
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{system.url}/api/docs#send_message")

    await expect(page.get_by_role("heading", name="POST /api/rooms/{room_id}/messages")).to_be_in_viewport()
    await expect(page.get_by_role("heading", name="message:send", exact=True)).to_be_attached()
    await expect(page.get_by_role("link", name="GET /api/rooms", exact=True)).to_be_attached()
    assert complaints == []
    await page.close()


@pytest.mark.parametrize("window", WINDOWS)
async def test_the_page_has_its_colours_and_scrolls_only_down(browser: Browser, system: System, window: str) -> None:
    page = await browser.new_page(viewport=WINDOWS[window], color_scheme="dark")
    await page.goto(f"{system.url}/api/docs")

    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert (ground, overflow) == ("rgb(20, 23, 29)", 0)
    await page.close()
