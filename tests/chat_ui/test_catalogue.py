"""Every component is as its pictures show it, and axe finds nothing, in both themes."""

import pytest
from playwright.async_api import Browser

from tests.chat_ui.axe import CONTRAST, find_faults
from tests.chat_ui.build import run_build
from tests.chat_ui.catalogue import THEMES, kept_at, open_catalogue, open_overlays, show_in, take_pictures
from tests.chat_ui.pictures import differ


@pytest.fixture(scope="module")
def built() -> None:
    run_build("catalogue")


async def test_every_component_is_as_its_picture_and_axe_finds_nothing(built: None, browser: Browser) -> None:
    faults: list[str] = []
    differences: list[str | None] = []
    async with open_catalogue(browser) as page:
        for theme, rules in zip(THEMES, ([], [CONTRAST]), strict=True):
            await show_in(page, theme)
            faults += await find_faults(page, *rules)
            async for name, picture in take_pictures(page):
                differences.append(differ(picture, kept_at(name, theme)))
            async for name, picture in open_overlays(page):
                faults += await find_faults(page, *rules)
                differences.append(differ(picture, kept_at(name, theme)))
    # `make ui-references` keeps the new ones; look at what they show before.
    assert faults + [difference for difference in differences if difference] == []
