"""The outbox: all that waits in one place, the same in every tab, and what is discarded is never sent."""

from playwright.async_api import Locator, Page, expect

from tests.chat_ui.conftest import Invite


async def test_tabs_share_one_outbox_and_what_one_discards_no_other_sends(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    first = alice.page
    second = await alice.context.new_page()
    await second.goto(first.url)
    await expect(second.get_by_text("Everything is on disk")).to_be_visible()
    await alice.context.set_offline(True)
    await expect(second.get_by_role("status").filter(has_text="You are offline.")).to_be_visible()

    # What is written in one tab waits in both.
    for text in ("discarded", "kept", "edited"):
        await alice.write(text)
    await second.keyboard.press("Control+Shift+O")
    outbox = second.get_by_role("complementary", name="Outbox")
    await expect(outbox.get_by_role("listitem")).to_have_count(3)
    await expect(waiting_in(first)).to_have_count(3)

    # Discarded in one it is gone in both; edited it is back in the field of its room.
    await outbox.get_by_role("listitem").filter(has_text="discarded").hover()
    await outbox.get_by_role("listitem").filter(has_text="discarded").get_by_role("button", name="Discard").click()
    await expect(waiting_in(first)).to_have_count(2)
    await outbox.get_by_role("listitem").filter(has_text="edited").get_by_role("button", name="Edit").focus()
    await second.keyboard.press("Enter")
    await expect(second.get_by_role("textbox", name="Message ")).to_have_value("edited")
    await expect(waiting_in(first)).to_have_count(1)

    # The tab that wrote it is closed: another one sends it.
    await first.close()
    await alice.context.set_offline(False)
    await bob.sees("kept")
    await second.get_by_role("textbox", name="Message ").press("Enter")
    await bob.sees("edited")
    await expect(second.get_by_text("Everything is on disk")).to_be_visible()
    assert await bob.texts() == ["kept", "edited"]

    # The keyboard comes back to where it was.
    await second.get_by_role("textbox", name="Message ").focus()
    await second.keyboard.press("Control+Shift+O")
    await expect(outbox.get_by_text("Nothing waits.")).to_be_visible()
    await second.keyboard.press("Escape")
    await expect(outbox).to_have_count(0)
    await expect(second.get_by_role("textbox", name="Message ")).to_be_focused()


def waiting_in(page: Page) -> Locator:
    return page.get_by_role("img", name="Waiting for the connection")
