"""What is written and how it looks: Markdown, coloured code, emoji, and a syllable that is still composed."""

from playwright.async_api import expect

from tests.chat_ui.conftest import Invite

TEXT = "**bold** and `code`\n\n```python\nreturn 1\n```\n\nafter :tada: <b>not bold</b>"


async def test_a_text_is_shown_as_it_is_meant(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    await alice.create_channel(channel)
    await alice.write(TEXT)
    text = alice.messages.locator("[data-message-text]").first
    await expect(text.locator("strong")).to_have_text("bold")
    # The worker and the emoji come late, and under the page's policy.
    await expect(text.locator("pre span").first).to_have_text("return")
    await expect(text).to_contain_text("after 🎉 <b>not bold</b>")

    await alice.page.get_by_role("button", name="Emoji", exact=True).click()
    await alice.page.get_by_role("combobox", name="Search, :joy").fill("로켓")
    await expect(alice.page.get_by_role("gridcell", name="rocket")).to_be_visible()
    await alice.page.keyboard.press("Enter")
    await expect(alice.field).to_have_value("🚀")
    await expect(alice.field).to_be_focused()
    await alice.page.keyboard.press("ControlOrMeta+A")
    await alice.page.keyboard.press("ControlOrMeta+B")
    await expect(alice.field).to_have_value("**🚀**")
    await alice.page.keyboard.press("ControlOrMeta+Z")
    await expect(alice.field).to_have_value("🚀")


async def test_enter_within_a_syllable_sends_it_once_and_whole(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    await alice.create_channel(channel)
    await alice.field.focus()
    keyboard = await alice.context.new_cdp_session(alice.page)
    for text in ("ㅎ", "하", "한"):
        composed = {"text": text, "selectionStart": 1, "selectionEnd": 1}
        await keyboard.send("Input.imeSetComposition", composed)
    await alice.page.keyboard.press("Enter")
    await alice.sees("한")
    await expect(alice.field).to_have_value("")
    assert await alice.texts() == ["한"]
