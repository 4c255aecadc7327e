"""What people do with messages that stand: answer, react, edit, delete. The others see it at once."""

from playwright.async_api import Locator, expect

from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person


def row(person: Person, text: str) -> Locator:
    return person.messages.get_by_role("article").filter(has=person.page.locator("[data-message-text]", has_text=text))


async def press(person: Person, text: str, action: str) -> None:
    await row(person, text).hover()
    await row(person, text).get_by_role("button", name=action, exact=True).click()


async def choose(person: Person, text: str, action: str) -> None:
    """Do what is behind the bar's last button."""
    await press(person, text, "More")
    await person.page.get_by_role("menuitem", name=action).click()


async def test_a_message_is_answered_reacted_to_edited_and_deleted(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("Who brings the kettle?")
    await bob.sees("Who brings the kettle?")

    # Bob answers; both see what he answers.
    await press(bob, "kettle", "Reply")
    await expect(bob.page.get_by_text("Replying to Alice")).to_be_visible()
    await bob.page.keyboard.type("I do")
    await bob.page.keyboard.press("Enter")
    await alice.sees("I do")
    await expect(row(alice, "I do").get_by_role("button", name="Who brings the kettle?")).to_be_visible()

    # Alice reacts, and takes it back.
    await press(alice, "I do", "React with 👀")
    reaction = row(bob, "I do").get_by_role("button", name="👀: Alice")
    await expect(reaction).to_be_visible()
    await expect(reaction).to_have_attribute("aria-pressed", "false")
    await row(alice, "I do").get_by_role("button", name="👀: Alice").click()
    await expect(reaction).to_have_count(0)

    # Alice edits her last message by the keyboard alone; the quote follows.
    await alice.field.focus()
    await alice.page.keyboard.press("ArrowUp")
    await alice.page.keyboard.press("ControlOrMeta+A")
    await alice.page.keyboard.type("Who brings the teapot?")
    await alice.page.keyboard.press("Enter")
    await expect(row(bob, "teapot").get_by_text("(edited)")).to_be_visible()
    await expect(row(bob, "I do").get_by_role("button", name="Who brings the teapot?")).to_be_visible()

    # She deletes it; its text is nowhere any more.
    await choose(alice, "teapot", "Delete")
    await alice.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for person in (alice, bob):
        await expect(person.messages.get_by_text("This message was deleted.")).to_have_count(2)
        await expect(person.messages.get_by_text("teapot")).to_have_count(0)


async def test_messages_are_walked_through_by_the_arrow_keys(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    await alice.create_channel(channel)
    for text in ("first", "second"):
        await alice.write(text)
        await alice.sees(text)
    await alice.page.get_by_role("log", name="Messages in").focus()
    await alice.page.keyboard.press("ArrowUp")
    await expect(row(alice, "second")).to_be_focused()
    await alice.page.keyboard.press("ArrowUp")
    await expect(row(alice, "first")).to_be_focused()
    await alice.page.keyboard.press("e")
    await alice.page.keyboard.press("End")
    await alice.page.keyboard.type(" of all")
    await alice.page.keyboard.press("Enter")
    await alice.sees("first of all")
