"""Everybody can use every screen: axe finds nothing, in light and in dark."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, Page

from tests.chat_ui.axe import CONTRAST, find_faults
from tests.chat_ui.build import run_build
from tests.chat_ui.demo import open_demo, open_demo_system
from tests.chat_ui.person import DESK
from tests.chat_ui.screens import SIGNED_IN, SIGNED_OUT, Screen, Visit, walk
from tests.journeys.system import System


@pytest.fixture(scope="module")
def demo_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    run_build()
    with open_demo_system(tmp_path_factory.mktemp("screens")) as system:
        yield system


async def find_in_both_themes(page: Page) -> list[str]:
    faults = await find_faults(page)
    await page.emulate_media(color_scheme="dark")
    faults += [f"dark: {fault}" for fault in await find_faults(page, CONTRAST)]
    await page.emulate_media(color_scheme="light")
    return faults


@pytest.mark.long
async def test_axe_finds_nothing_on_any_screen_in_light_and_dark(demo_system: System, browser: Browser) -> None:
    faults: list[str] = []

    async def look(screen: Screen) -> None:
        faults.extend(f"{screen.name}: {fault}" for fault in await find_in_both_themes(visit.page))

    async with open_demo(demo_system) as demo:
        context = await browser.new_context(
            locale="en-US", viewport=DESK, color_scheme="light", reduced_motion="reduce"
        )
        visit = Visit(demo, await context.new_page(), "en")
        await visit.page.goto(demo.url)
        await walk(visit, SIGNED_OUT, look)
        await visit.go("/")
        await visit.sign_in()
        await walk(visit, SIGNED_IN, look)
    assert "\n".join(faults) == ""
