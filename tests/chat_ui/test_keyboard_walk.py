"""A day by the keyboard alone: everything is reached, and the focus never falls to the top of the page."""

import re
from uuid import uuid4

from playwright.async_api import Browser, expect

from tests.chat_ui.axe import find_faults
from tests.chat_ui.conftest import Invite
from tests.chat_ui.keyboard import press, reach
from tests.chat_ui.person import PASSWORD, Person
from tests.journeys.system import System


async def sign_up(person: Person) -> None:
    page = person.page
    await press(page, page.get_by_role("link", name="New here?"))
    await reach(page, page.get_by_label("Username"))
    await page.keyboard.type(person.username)
    await reach(page, page.get_by_label("Password"))
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await person.is_online()


async def create_channel(person: Person, name: str) -> None:
    page = person.page
    await press(page, page.get_by_title("Create a channel"))
    await expect(page.get_by_label("Channel name")).to_be_focused()
    await page.keyboard.type(name)
    await page.keyboard.press("Enter")
    await person.is_in(f"#{name}")
    await expect(person.field).to_be_focused()


async def test_one_writes_changes_and_orders_by_the_keyboard_alone(
    browser: Browser, system: System, channel: str
) -> None:
    alice = await Person.arrive(browser, system.url, username=f"keys-{uuid4().hex[:8]}")
    page = alice.page
    await sign_up(alice)
    await create_channel(alice, channel)

    # A message, its thread, and back to where one writes.
    await page.keyboard.type("tea at four")
    await page.keyboard.press("Enter")
    await alice.sees("tea at four")
    row = alice.messages.get_by_role("article")
    await reach(page, row, by="Shift+Tab")
    await page.keyboard.press("t")
    await expect(page.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    await page.keyboard.type("with milk")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("complementary").get_by_text("with milk")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary")).to_have_count(0)
    await expect(alice.field).to_be_focused()

    # What the keys of a message do leaves the focus on it.
    await reach(page, row, by="Shift+Tab")
    await page.keyboard.press("r")
    await expect(page.get_by_role("dialog", name="Emoji").get_by_role("combobox").first).to_be_focused()
    await page.keyboard.type("tada")
    await expect(page.get_by_role("dialog", name="Emoji").get_by_role("gridcell", name="party popper")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(row.get_by_role("button", name=re.compile("^🎉"))).to_be_visible()
    await expect(row).to_be_focused()
    await page.keyboard.press("e")
    await page.keyboard.type(", please")
    await page.keyboard.press("Enter")
    await alice.sees("tea at four, please")
    await expect(row).to_be_focused()
    await page.keyboard.press("p")
    await expect(row).to_have_accessible_name(re.compile("Pinned"))

    await page.keyboard.press("Delete")
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Delete"))
    await expect(row).to_have_accessible_name(re.compile("deleted"))
    await expect(row).to_be_focused()

    # The room is muted, and put into a section that gets another name and goes again.
    await press(page, page.get_by_role("button", name="What calls you here"), by="Shift+Tab")
    await reach(page, page.get_by_role("menuitemradio", name="Nothing"), by="ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Muted. What calls you here")).to_be_focused()
    link = page.get_by_role("navigation", name="Rooms").get_by_role("link", name=channel)
    await reach(page, link, by="Shift+Tab")
    await press(page, page.get_by_role("button", name=f"More for #{channel}"))
    await reach(page, page.get_by_role("menuitem", name="New section…"), by="ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Work")
    await page.keyboard.press("Enter")
    await expect(link).to_be_focused()
    await press(page, page.get_by_role("button", name="More for Work"), by="Shift+Tab")
    await reach(page, page.get_by_role("menuitem", name="Rename…"), by="ArrowDown")
    await page.keyboard.press("Enter")
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.type("Tea")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Tea", exact=True)).to_be_focused()
    await press(page, page.get_by_role("button", name="More for Tea"))
    await reach(page, page.get_by_role("menuitem", name="Remove the section"), by="ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="More for Tea")).to_have_count(0)
    await expect(page.get_by_role("button", name="Channels", exact=True)).to_be_focused()

    # Without single keys the list of keys is still there, also while one writes.
    await page.keyboard.press("Control+,")
    await press(page, page.get_by_role("link", name="Keyboard"))
    await reach(page, page.get_by_role("switch", name="Single keys"))
    await page.keyboard.press("Space")
    await press(page, page.get_by_role("link", name="Back to the rooms"), by="Shift+Tab")
    await expect(alice.field).to_be_focused()
    await page.keyboard.press("Control+/")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(alice.field).to_be_focused()

    # The inbox takes the focus along, and signing out leads to where one signs in.
    await page.keyboard.press("Control+Shift+I")
    await expect(page.get_by_role("main")).to_be_focused()
    await press(page, page.get_by_role("button", name=re.compile("^Account and language")), by="Shift+Tab")
    await press(page, page.get_by_role("dialog").get_by_role("button", name="Sign out"))
    await expect(page.get_by_label("Username or e-mail")).to_be_focused()
    assert alice.complaints == []


async def test_a_choice_out_of_a_list_keeps_its_keys_to_itself(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    page = alice.page
    await alice.create_channel(channel)
    await page.keyboard.press("Control+.")
    panel = page.get_by_role("complementary")
    choice = panel.get_by_role("combobox", name="Alert me about")
    await reach(page, choice)
    await page.keyboard.press("Space")
    option = choice.get_by_role("option", name="Mentions and replies only")
    await expect(option).to_be_visible()
    assert await find_faults(page) == []
    await page.keyboard.press("Escape")
    await expect(option).to_be_hidden()
    await expect(choice).to_be_focused()
    await expect(panel).to_be_visible()

    await page.keyboard.press("Space")
    await expect(option).to_be_visible()
    await page.keyboard.type("Ment")
    await page.keyboard.press("Enter")
    await expect(choice).to_have_value("mentions")
    await expect(choice).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
