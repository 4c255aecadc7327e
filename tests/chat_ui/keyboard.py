"""What somebody does who has a keyboard alone: go from thing to thing until the wanted one has the focus."""

from typing import Literal

from playwright.async_api import Locator, Page, expect

# No page has more on the way from one thing to another.
MOST_STEPS = 120

Way = Literal["Tab", "Shift+Tab", "ArrowUp", "ArrowDown"]


async def reach(page: Page, wanted: Locator, *, by: Way = "Tab") -> None:
    """Press the key until the wanted has the focus."""
    await expect(wanted).to_be_attached()
    steps = 0
    while not await has_focus(wanted):
        steps += 1
        assert steps <= MOST_STEPS, f"{wanted} is not reached; the focus is at {await name_of_focus(page)}"
        await page.keyboard.press(by)


async def press(page: Page, wanted: Locator, *, by: Way = "Tab") -> None:
    await reach(page, wanted, by=by)
    await page.keyboard.press("Enter")


async def has_focus(wanted: Locator) -> bool:
    focused: bool = await wanted.evaluate("element => element === document.activeElement")
    return focused


async def name_of_focus(page: Page) -> str:
    name: str = await page.evaluate("document.activeElement?.outerHTML.slice(0, 200) ?? ''")
    return name
