"""Asks axe what of a page somebody with a screen reader, a keyboard or weak eyes would stumble over."""

import asyncio
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

# The contrast is all that differs between the themes.
CONTRAST = "color-contrast"
RUN = """async (rules) => {
  const options = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  // A menu hangs beside all landmarks, for nothing may cut it off.
  const menus = [...document.querySelectorAll("[role=menu]")];
  const isMenu = (id, [target]) => id === "region" && menus.some((menu) => menu.closest(target) !== null);
  return violations.flatMap(({ id, nodes }) => nodes.filter(({ target }) => !isMenu(id, target)).map((node) => (
    `${id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").slice(1).join("; ").trim()}`
  )));
}"""


# In the page and not asked again from outside, which its policy would refuse as well.
STAND_STILL = """async () => {
  const moves = () => document.getAnimations().some(({ playState }) => playState === "running");
  while (moves()) await new Promise(requestAnimationFrame);
}"""
STILL_WITHIN_SECONDS = 10


async def find_faults(page: Page, *rules: str) -> list[str]:
    """Return what breaks one of the rules, of all where none is named, each with its element."""
    # By hand, and not by a script of the page, which its policy would refuse.
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    # What fades in has half of its contrast.
    async with asyncio.timeout(STILL_WITHIN_SECONDS):
        await page.evaluate(STAND_STILL)
    faults: Any = await page.evaluate(RUN, list(rules))
    return list(faults)
