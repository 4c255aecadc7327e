"""Every component is as its pictures show it, and axe finds nothing, in both themes."""

import pytest
from playwright.async_api import Browser

from tests.chat_ui.axe import CONTRAST, find_faults
from tests.chat_ui.build import run_build
from tests.chat_ui.catalogue import THEMES, kept_at, open_catalogue, open_overlays, show_in, take_pictures
from tests.chat_ui.pictures import differ
from tests.chat_ui.renderer import is_the_one_of_the_pictures


@pytest.fixture(scope="module")
def built() -> None:
    run_build("catalogue")


async def test_axe_finds_nothing_in_any_component(built: None, browser: Browser) -> None:
    faults: list[str] = []
    async with open_catalogue(browser) as page:
        for theme, rules in zip(THEMES, ([], [CONTRAST]), strict=True):
            await show_in(page, theme)
            faults += await find_faults(page, *rules)
            async for _ in open_overlays(page):
                faults += await find_faults(page, *rules)
    assert faults == []


@pytest.mark.skipif(
    not is_the_one_of_the_pictures(),
    reason="the pictures were taken by another version of Chromium, or with other fonts: `make ui-references`",
)
async def test_every_component_is_as_its_picture(built: None, browser: Browser) -> None:
    differences: list[str | None] = []
    async with open_catalogue(browser) as page:
        for theme in THEMES:
            await show_in(page, theme)
            async for name, picture in take_pictures(page):
                differences.append(differ(picture, kept_at(name, theme)))
            async for name, picture in open_overlays(page):
                differences.append(differ(picture, kept_at(name, theme)))
    # `make ui-references` keeps the new ones; look at what they show before.
    assert [difference for difference in differences if difference] == []
