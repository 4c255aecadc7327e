"""Calling somebody who looks elsewhere: once, with however many tabs, until it is read; and only if they wish it."""

import asyncio
import re

from playwright.async_api import Locator, Page, expect

from tests.actors import Actor
from tests.chat_ui.conftest import Invite
from tests.journeys.system import System

# A page that is looked at or not as the test says, and that counts what it puts on the desktop and how often it sounds.
COUNTING = """
window.looked = false;
document.hasFocus = () => window.looked;
window.shown = [];
const show = ServiceWorkerRegistration.prototype.showNotification;
ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
  window.shown.push([title, options.body]);
  return show.call(this, title, options);
};
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.tones += 1;
  return start.apply(this, when);
};
"""
STANDS = """async (texts) => {
  const notifications = await (await navigator.serviceWorker.ready).getNotifications();
  return JSON.stringify(notifications.map(({ body }) => body)) === JSON.stringify(texts);
}"""
UNTIL_STANDS = f"""async (texts) => {{
  while (!(await ({STANDS})(texts))) await new Promise((resolve) => setTimeout(resolve, 50));
}}"""
PRESS = """async () => {
  const [notification] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


async def look(page: Page, *, at_it: bool) -> None:
    await page.evaluate(
        "looked => { window.looked = looked; window.dispatchEvent(new Event(looked ? 'focus' : 'blur')); }", at_it
    )


async def stand(page: Page, *texts: str) -> None:
    """Wait until the desktop shows just these. A predicate with a promise would count as true at once."""
    async with asyncio.timeout(15):
        await page.evaluate(UNTIL_STANDS, list(texts))


async def shown_by(pages: list[Page]) -> list[list[str]]:
    return [note for page in pages for note in await page.evaluate("window.shown")]


def icon(page: Page) -> Locator:
    return page.locator("link[rel=icon]")


async def test_a_call_is_told_once_by_all_tabs_together(invite: Invite, channel: str, system: System) -> None:
    alice = await invite("Alice")
    await alice.create_channel(channel)
    await alice.context.grant_permissions(["notifications"])
    await alice.context.add_init_script(COUNTING)
    await alice.page.reload()
    await alice.is_online()
    second = await alice.context.new_page()
    await second.goto(system.url)
    await expect(second.get_by_text("Everything is on disk")).to_be_visible(timeout=15_000)
    tabs = [alice.page, second]

    async with Actor(system.url, "bob") as bob:
        await bob.register()
        device = await bob.connect()
        room_id = (await bob.rest.get("/api/rooms/public", q=channel))["items"][0]["id"]
        await device.join(room_id)
        [her] = (await bob.rest.get("/api/users", q=alice.username))["items"]

        # Nobody is asked at load; the first call is the occasion, and nothing is shown before the answer.
        offer = alice.page.get_by_role("region", name="Notifications")
        await expect(offer).to_have_count(0)
        await device.send(room_id, f"first <@{her['id']}>")
        await expect(offer).to_be_visible(timeout=15_000)
        assert await shown_by(tabs) == []
        await offer.get_by_role("button", name="Turn on").click()
        await expect(offer).to_have_count(0)
        await expect(second.get_by_role("region", name="Notifications")).to_have_count(0)

        # Two calls, each told by one of the tabs; the icon and the title of both say how many wait.
        for count, text in ((2, "second"), (3, "third")):
            await device.send(room_id, f"{text} <@{her['id']}>")
            for tab in tabs:
                await expect(tab).to_have_title(re.compile(rf"^\({count}\) "), timeout=15_000)
                await expect(icon(tab)).to_have_attribute("href", re.compile("^data:image/png"))
            # One for the room, the newest.
            await stand(second, f"{text} @Alice")
        notes = await shown_by(tabs)
        assert sorted(text for _, text in notes) == ["second @Alice", "third @Alice"]
        # Those that come within a minute are counted.
        titles = "|".join((f".* mentioned you in #{channel}", f"2 notifications in #{channel}"))
        assert [title for title, _ in notes if not re.fullmatch(titles, title)] == []
        # One tab makes the two notes of a tone; of two calls within three seconds only the first is heard.
        tones = [await tab.evaluate("window.tones") for tab in tabs]
        assert sum(tones) in (2, 4), tones

        # A press opens the message in a tab.
        await alice.context.service_workers[0].evaluate(PRESS)
        opened = f"location.pathname.startsWith('/rooms/{room_id}/')"
        await asyncio.wait(
            [asyncio.ensure_future(tab.wait_for_function(opened)) for tab in tabs],
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert [tab for tab in tabs if re.search(rf"/rooms/{room_id}/\d+$", tab.url)] != []

        # Read in one tab it is gone from the desktop, and from the other tab.
        await look(second, at_it=True)
        await second.goto(f"{system.url}/rooms/{room_id}")
        await look(second, at_it=True)
        for tab in tabs:
            await expect(tab).not_to_have_title(re.compile(r"^\("), timeout=15_000)
            await expect(icon(tab)).to_have_attribute("href", re.compile("favicon.svg$"))
        await stand(alice.page)

        # While a tab is looked at, whichever, a note in the page is enough.
        await second.get_by_role("link", name="Browse channels").click()
        await device.send(room_id, f"fourth <@{her['id']}>")
        await expect(second.get_by_role("region", name="Notices").get_by_text("mentioned you")).to_be_visible(
            timeout=15_000
        )
        assert "fourth @Alice" not in [text for _, text in await shown_by(tabs)]
        assert await alice.page.evaluate(STANDS, [])
