"""People in a room see of each other what they do beside writing: threads, typing, pins, and who is there."""

from playwright.async_api import Locator, expect

from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person


def row(person: Person, text: str) -> Locator:
    return person.messages.get_by_role("article").filter(has=person.page.locator("[data-message-text]", has_text=text))


def thread(person: Person) -> Locator:
    return person.page.get_by_role("complementary", name="Thread in")


async def press(person: Person, text: str, action: str) -> None:
    await row(person, text).hover()
    await row(person, text).get_by_role("button", name=action, exact=True).click()


async def choose(person: Person, text: str, action: str) -> None:
    """Do what is behind the bar's last button."""
    await press(person, text, "More")
    await person.page.get_by_role("menuitem", name=action).click()


async def test_people_talk_in_a_thread_beside_the_room(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("Who brings the kettle?")
    await bob.sees("Who brings the kettle?")

    # Bob replies in the thread: it is no message of the room, for either of them.
    await press(bob, "kettle", "Reply in thread")
    await thread(bob).get_by_role("textbox", name="Reply in the thread").fill("I do")
    await bob.page.keyboard.press("Enter")
    await expect(thread(bob).get_by_text("1 reply")).to_be_visible()
    await expect(thread(bob).get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    for person in (alice, bob):
        await expect(row(person, "kettle").get_by_role("link", name="1 reply")).to_be_visible()
        await expect(row(person, "I do")).to_have_count(0)

    # Alice opens it from there; what Bob writes next comes by itself.
    await row(alice, "kettle").get_by_role("link", name="1 reply").click()
    await expect(thread(alice).get_by_text("I do")).to_be_visible()
    await thread(bob).get_by_role("textbox", name="Reply in the thread").fill("and the cups")
    await bob.page.keyboard.press("Enter")
    await expect(thread(alice).get_by_text("and the cups")).to_be_visible()
    await expect(thread(alice).get_by_text("2 replies")).to_be_visible()

    # Escape leads from a reply to the field of its thread.
    await thread(alice).get_by_role("article").last.focus()
    await alice.page.keyboard.press("Escape")
    await expect(thread(alice).get_by_role("textbox", name="Reply in the thread")).to_be_focused()

    # The address names the thread, and a reload opens it again.
    await alice.page.reload()
    await expect(thread(alice).get_by_text("and the cups")).to_be_visible()
    await thread(alice).get_by_role("link", name="Close the thread").click()
    await expect(row(alice, "kettle").get_by_role("link", name="2 replies")).to_be_visible()


async def test_people_see_who_types_who_is_there_and_who_has_read(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)

    # Bob types, and thinks better of it.
    await bob.field.fill("I was about to say")
    await expect(alice.page.get_by_text("Bob is typing")).to_be_visible()
    await bob.field.fill("")
    await expect(alice.page.get_by_text("Bob is typing")).to_have_count(0)

    # What Alice writes he has read, and each message says so only while it is the newest.
    await alice.write("The kettle is here")
    await expect(row(alice, "kettle").get_by_role("img", name="Read by Bob")).to_be_visible()
    await alice.write("The cups are here")
    await expect(row(alice, "cups").get_by_role("img", name="Read by Bob")).to_be_visible()
    await expect(row(alice, "kettle").get_by_role("img", name="Read by Bob")).to_have_count(0)

    # He is there, until he goes; without a connection that is unknown.
    await alice.page.get_by_role("link", name="2 members").click()
    member = alice.page.get_by_role("complementary").get_by_role("listitem").filter(has_text="Bob")
    await expect(member.get_by_role("img", name="Online")).to_be_visible()
    await bob.page.goto("about:blank")
    await expect(member.get_by_role("img", name="Last seen")).to_be_visible()
    await alice.context.set_offline(True)
    await expect(member.get_by_role("img")).to_have_count(0)
    await alice.context.set_offline(False)
    await expect(member.get_by_role("img", name="Last seen")).to_be_visible(timeout=20_000)


async def test_a_message_is_pinned_to_its_room(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("The door code is 4711")
    await choose(alice, "door code", "Pin")
    await expect(row(bob, "door code").get_by_text("Pinned")).to_be_visible()
    await bob.page.get_by_role("link", name="1 pinned message").click()
    pinned = bob.page.get_by_role("complementary").get_by_role("link", name="The door code is 4711")
    await pinned.click()
    await expect(row(bob, "door code")).to_be_focused()
    await choose(bob, "door code", "Unpin")
    await expect(row(alice, "door code").get_by_text("Pinned")).to_have_count(0)
    await expect(alice.page.get_by_role("link", name="1 pinned message")).to_have_count(0)


async def test_a_card_tells_of_a_person_and_leads_to_them(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await bob.write("Off to the island")
    await bob.page.get_by_role("button", name="Account and language").click()
    await bob.page.get_by_role("button", name="What are you up to?").click()
    await bob.page.get_by_role("button", name="🌴").click()
    await bob.page.get_by_role("textbox", name="Status").fill("On holiday")
    await bob.page.get_by_label("Clear after").select_option("Today")
    await bob.page.get_by_role("button", name="Set status").click()
    await expect(bob.page.get_by_role("button", name="Clear status")).to_be_visible()
    await bob.page.get_by_label("How others see you").select_option("Away")

    # His name opens the card, which says it; from it one names him, or writes to him alone.
    await row(alice, "island").get_by_role("button", name="Bob").click()
    card = alice.page.get_by_role("dialog", name="Bob")
    await expect(card.get_by_text("On holiday")).to_be_visible()
    await expect(card.get_by_text(f"@{bob.username}")).to_be_visible()
    await expect(card.get_by_role("img", name="Away")).to_be_visible()
    await card.get_by_role("button", name="Mention").click()
    await expect(alice.field).to_have_value(f"@{bob.username} ")
    await row(alice, "island").get_by_role("button", name="Bob").click()
    await card.get_by_role("button", name="Message").click()
    await alice.is_in("Bob")
    await expect(alice.room("Bob").get_by_role("img", name="Status: On holiday")).to_be_visible()

    # He takes it back, and it is gone for her too.
    await bob.page.get_by_role("button", name="Clear status").click()
    await expect(alice.room("Bob").get_by_role("img", name="Status: On holiday")).to_have_count(0)
