"""Ways through the rooms: the switcher, the keyboard, the filter of the list, and what makes a room quiet."""

from playwright.async_api import Browser, expect

from tests.chat_ui.conftest import Invite


async def test_a_room_is_found_by_a_few_letters_and_walked_to_by_keys(
    invite: Invite, channel: str, browser: Browser
) -> None:
    alice, bob = await invite("Alice"), await invite("한소희")
    page = alice.page
    await alice.create_channel(channel)

    # Somebody whom one never talked with, by the initial consonants alone; the keyboard stays in the field.
    await page.keyboard.press("Control+k")
    switcher = page.get_by_role("dialog", name="Go to a room or a person")
    await page.keyboard.type("ㅎㅅㅎ")
    hit = switcher.get_by_role("option").filter(has_text=f"@{bob.username}")
    await expect(hit).to_have_attribute("aria-selected", "true")
    await expect(hit.locator("mark")).to_have_text("한소희")
    await page.keyboard.press("Enter")
    await alice.is_in("한소희")
    await expect(switcher).to_have_count(0)

    # Back by the name of the channel; what one types belongs to no shortcut.
    await page.keyboard.press("Control+k")
    await page.keyboard.type(channel[-6:])
    await expect(switcher.get_by_role("option").filter(has_text=channel)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await alice.is_in(channel)

    # A word from the other one makes the room unread, and the keyboard finds it.
    await bob.join_channel(channel)
    await alice.room("한소희").click()
    await alice.is_in("한소희")
    await bob.write("are you there")
    await expect(alice.room(f"{channel} 1 unread message")).to_be_visible()
    await page.keyboard.press("Alt+Shift+ArrowUp")
    await alice.is_in(channel)
    await alice.sees("are you there")
    await page.keyboard.press("Alt+ArrowDown")
    await alice.is_in("한소희")

    # Only what is unread; the room that is shown stays.
    await page.get_by_role("button", name="Show only unread rooms").click()
    await expect(alice.room(channel)).to_have_count(0)
    await expect(alice.room("한소희")).to_be_visible()
    await page.get_by_role("button", name="Show only unread rooms").click()

    # The list of keys opens outside a text, and Escape closes it.
    await page.get_by_role("heading", level=1).click()
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_have_count(0)
    assert alice.complaints == []


async def test_a_muted_room_is_quiet_but_for_who_calls(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await page.get_by_role("button", name="What calls you here").click()
    await page.get_by_role("menuitemradio", name="Nothing").click()
    await expect(alice.room(channel)).to_contain_text("Muted")
    await page.get_by_role("link", name="Browse channels").click()

    await bob.write("nobody needs this")
    await bob.field.press_sequentially(f"but this @{alice.username[:9]}")
    await bob.page.get_by_role("option", name=f"@{alice.username}").click()
    await bob.page.keyboard.press("Enter")

    # One badge, of the one that calls.
    await expect(alice.room(channel)).to_contain_text("1 mention")
    await alice.room(channel).click()
    await page.get_by_role("button", name="Muted. What calls you here").click()
    await page.get_by_role("menuitemradio", name="Every message").click()
    await expect(alice.room(channel)).not_to_contain_text("Muted")
    assert alice.complaints == []
