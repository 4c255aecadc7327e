"""How the page fits where it is narrow, down to 320 pixels, and what a message may paint over."""

import re

from playwright.async_api import Browser, Locator, ViewportSize, expect

from tests.chat_ui.axe import find_faults
from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person

TABLET: ViewportSize = {"width": 800, "height": 760}
PHONE: ViewportSize = {"width": 390, "height": 760}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
STRIP_PIXELS = 72
# As many marks over one letter as the server takes, which is more than any language has.
PILE = "z" + "\u0301\u0302\u0308\u030c" * 7


async def width_of(element: Locator) -> float:
    box = await element.bounding_box()
    assert box is not None
    return box["width"]


async def go(person: Person, path: str) -> None:
    """Go somewhere in the page, as its own links do."""
    await person.page.evaluate(
        "(path) => { history.pushState(null, '', path); dispatchEvent(new Event('popstate')); }", path
    )


async def reaches_sideways(person: Person) -> list[str]:
    """Return what of the page stands outside the window, but for what scrolls by itself."""
    found: list[str] = await person.page.evaluate(
        """() => [...document.querySelectorAll("#root *, dialog[open] *")].filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          const scrolls = element.closest("[class*=tabs], [class*=wide], pre, .only-read-out, .ellipsis");
          return width > 1 && !scrolls && (left < -1 || right > innerWidth + 1);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    return found


async def test_rooms_are_a_strip_of_icons_that_opens_over_the_page(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    page = alice.page
    await alice.create_channel(channel)
    await alice.create_channel(f"other-{channel}")
    bob = await invite("Bob")
    await bob.join_channel(channel)
    await bob.write("anybody there?")
    await page.set_viewport_size(TABLET)
    rooms = page.get_by_role("navigation", name="Rooms")
    assert await width_of(rooms) == STRIP_PIXELS

    # The name is read out, and shown beside what is pointed at or has the focus; what is unread is seen.
    link = alice.room(channel).filter(has_text="1 unread message")
    await expect(link.get_by_text("1", exact=True)).to_be_in_viewport()
    await link.focus()
    tip = page.locator("[class*=tip]")
    await expect(tip).to_have_text(channel)
    await page.keyboard.press("Escape")
    await expect(tip).to_have_count(0)
    await link.hover()
    await expect(tip).to_have_text(channel)
    assert await find_faults(page) == []

    # It opens over the conversation, which keeps its width, and closes by Escape and by a choice.
    opener = rooms.get_by_role("button", name="Names of the rooms")
    main = page.get_by_role("main")
    before = await width_of(main)
    await opener.click()
    await expect(opener).to_have_attribute("aria-expanded", "true")
    assert await width_of(rooms) > 2 * STRIP_PIXELS
    assert await width_of(main) == before
    await expect(rooms.get_by_text(channel, exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await expect(opener).to_be_focused()
    await opener.click()
    await link.click()
    await alice.is_in(channel)
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.click()
    await alice.field.click()
    await expect(opener).to_have_attribute("aria-expanded", "false")
    assert await width_of(rooms) == STRIP_PIXELS


async def test_a_phone_has_tabs_and_fits_the_narrowest(invite: Invite, browser: Browser, channel: str) -> None:
    alice = await invite("Alice")
    page = alice.page
    await alice.create_channel(channel)
    bob = await invite("Bob")
    await page.set_viewport_size(PHONE)
    tabs = page.get_by_role("navigation", name="ChatFlow")
    rooms = page.get_by_role("main").get_by_role("navigation", name="Rooms")

    # Somebody writes to her alone: the tab of the conversations says so, and has no channel in it.
    await bob.page.get_by_role("button", name="New message").click()
    await bob.page.get_by_label("Name or username").fill(alice.username)
    await bob.page.get_by_role("button", name=f"@{alice.username}").click()
    await bob.write("do you have a minute?")
    await page.get_by_role("link", name="Back to the rooms").click()
    await expect(page.get_by_role("heading", level=1, name="ChatFlow")).to_be_visible()
    await expect(tabs.get_by_role("link", name="Home")).to_have_attribute("aria-current", "true")
    await expect(rooms.get_by_role("link", name=channel)).to_be_visible()
    await expect(rooms.get_by_role("link", name="Bob")).to_be_hidden()
    assert await find_faults(page) == []
    await tabs.get_by_role("link", name=re.compile("DMs, 1 call")).click()
    await expect(page.get_by_role("heading", level=1, name="Direct messages")).to_be_visible()
    await expect(rooms.get_by_role("link", name=channel)).to_be_hidden()
    assert await find_faults(page) == []

    # A conversation leads back to where it was opened.
    await rooms.get_by_role("link", name="Bob").click()
    await alice.sees("do you have a minute?")
    await expect(tabs).to_be_hidden()
    await page.get_by_role("link", name="Back to the rooms").click()
    await expect(page.get_by_role("heading", level=1, name="Direct messages")).to_be_visible()
    await page.get_by_role("button", name="New message").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")

    # Nothing needs more width than the narrowest phone has, nor than twice the letters leave of a usual one.
    await page.set_viewport_size(NARROWEST)
    for path in ("/", "/directs", "/inbox", "/threads", "/directory", "/welcome", "/join"):
        await go(alice, path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await reaches_sideways(alice) == [], path
    await go(alice, "/")
    await rooms.get_by_role("link", name=channel).click()
    await alice.write("https://example.org/" + "a" * 200)
    await expect(alice.messages.get_by_role("article")).to_have_count(1)
    room = page.url.removeprefix(alice.url)
    for panel in ("", "/about", "/members", "/pins"):
        await go(alice, room + panel)
        await expect(page.get_by_role("heading").first).to_be_visible()
        assert await reaches_sideways(alice) == [], panel


async def test_marks_piled_up_over_a_letter_stay_in_their_message(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    page = alice.page
    await alice.create_channel(channel)
    bob = await invite("Bob")
    await bob.join_channel(channel)
    await alice.write("above")
    await bob.write(PILE)
    await alice.sees("above")
    rows = alice.messages.get_by_role("article")
    await expect(rows).to_have_count(2)
    above = await rows.first.bounding_box()
    assert above is not None
    clip = {**above, "width": 300}
    with_pile = await page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]
    await rows.last.evaluate("row => row.style.visibility = 'hidden'")
    assert await page.screenshot(clip=clip, animations="disabled") == with_pile  # type: ignore[arg-type]
