"""What waits for people who come back: the inbox, the threads that they follow, and the first steps of somebody new."""

from playwright.async_api import Browser, Locator, expect

from tests.chat_ui.axe import find_faults
from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person
from tests.journeys.system import System


def waiting(person: Person, text: str) -> Locator:
    """The row of the inbox, or of the followed threads, that says this."""
    return person.page.get_by_role("main").get_by_role("article").filter(has_text=text)


async def mention(person: Person, other: Person, text: str) -> None:
    await person.field.press_sequentially(f"@{other.username[:9]}")
    await person.page.get_by_role("option", name=f"@{other.username}").click()
    await person.field.press_sequentially(text)
    await person.page.keyboard.press("Enter")


async def test_calls_come_into_the_inbox_are_answered_there_and_done(
    invite: Invite, channel: str, browser: Browser, system: System
) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await page.keyboard.press("Control+Shift+I")
    await expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()

    # It comes while one looks at the list, and the rail says that somebody calls.
    await mention(bob, alice, "where is the kettle?")
    row = waiting(alice, "where is the kettle?").first
    await expect(row).to_be_visible()
    await expect(page.get_by_role("link", name="Inbox, 1 call for you")).to_be_visible()
    await row.get_by_role("button", name="Why am I seeing this?").click()
    await expect(row.get_by_text("Bob wrote your name.")).to_be_visible()
    assert await find_faults(page) == []

    # By keys: the row, its field, the answer; it is a reply in the room, written once.
    await row.focus()
    await page.keyboard.press("r")
    field = row.get_by_role("textbox", name=f"Reply in #{channel}")
    await expect(field).to_be_focused()
    await expect(page.get_by_role("complementary").get_by_text("where is the kettle?")).to_be_visible()
    await page.keyboard.type("On the stove")
    await page.emulate_media(color_scheme="dark")
    assert await find_faults(page) == []
    await page.keyboard.press("Enter")
    await bob.sees("On the stove")
    # Whoever answers has read: nothing calls any more.
    await expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()

    # What is done goes at once, also on another device, and the focus to what is next; a reload brings nothing back.
    there = await Person.arrive(browser, system.url, username=alice.username)
    await there.sign_in()
    await there.page.keyboard.press("Control+Shift+I")
    await expect(there.page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    await mention(bob, alice, "first call")
    await mention(bob, alice, "second call")
    mentions_there = there.page.get_by_role("region", name="Mentions").get_by_role("article")
    await expect(mentions_there).to_have_count(2)
    await waiting(alice, "second call").first.focus()
    await page.keyboard.press("e")
    mentions = page.get_by_role("region", name="Mentions")
    await expect(mentions.get_by_role("article").filter(has_text="second call")).to_have_count(0)
    await expect(mentions.get_by_role("article").filter(has_text="first call")).to_be_focused()
    await expect(page.get_by_role("link", name="Inbox, 1 call for you")).to_be_visible()
    await expect(mentions_there).to_have_count(1)
    await page.reload()
    await expect(mentions.get_by_role("article")).to_have_count(1)

    # A room read to its end takes all of it away.
    await page.get_by_role("button", name="Mark read", exact=True).click()
    for device in (alice, there):
        await expect(device.page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
        assert device.complaints == []


async def test_a_reply_from_the_inbox_outlives_a_lost_line_and_a_reload(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.page.goto(f"{alice.url}/inbox")
    await mention(bob, alice, "are you there?")
    row = waiting(alice, "are you there?").first
    await row.click()
    field = row.get_by_role("textbox", name=f"Reply in #{channel}")
    await field.fill("half a")
    await alice.page.reload()
    await expect(field).to_have_value("half a")
    await alice.context.set_offline(True)
    await field.fill("on my way")
    await field.press("Enter")
    await expect(row.get_by_role("img", name="Waiting for the connection")).to_be_visible()
    await alice.context.set_offline(False)
    await bob.sees("on my way")
    assert alice.complaints == []


async def test_followed_threads_are_listed_read_and_left(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("Who brings the cups?")
    await alice.sees("Who brings the cups?")
    root = bob.messages.get_by_role("article").filter(has_text="cups")
    await root.hover()
    await root.get_by_role("button", name="Reply in thread").click()
    await page.get_by_role("link", name="Threads", exact=True).click()
    await bob.page.get_by_role("textbox", name="Reply in the thread").fill("I do")
    await bob.page.keyboard.press("Enter")

    row = waiting(alice, "Who brings the cups?")
    await expect(row.get_by_text("I do")).to_be_visible()
    await expect(row.get_by_text("1 new")).to_be_visible()
    assert await find_faults(page) == []
    # Opened beside the list it is read, and one answers there.
    await row.click()
    panel = page.get_by_role("complementary", name="Thread in")
    await expect(row.get_by_text("1 new")).to_have_count(0)
    await panel.get_by_role("textbox", name="Reply in the thread").fill("Thank you")
    await page.keyboard.press("Enter")
    await expect(row.get_by_text("2 replies")).to_be_visible()
    await page.emulate_media(color_scheme="dark")
    assert await find_faults(page) == []
    await panel.get_by_role("link", name="Close the thread").click()
    await row.get_by_role("button", name="Following").click()
    await expect(page.get_by_role("heading", name="You follow no thread yet")).to_be_visible()

    # How many replied, and whether she follows it, are the server's words after a reload too.
    await alice.room(channel).click()
    await page.reload()
    await alice.messages.get_by_role("link", name="2 replies").click()
    await expect(panel.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    # Its message is edited where she reads it.
    await panel.get_by_role("article").first.focus()
    await page.keyboard.press("e")
    await panel.get_by_role("textbox", name="Edit the message").fill("Who brings the glasses?")
    await page.keyboard.press("Enter")
    await bob.sees("Who brings the glasses?")
    assert alice.complaints == []


async def test_somebody_new_joins_says_hello_and_finds_people(invite: Invite, channel: str) -> None:
    host = await invite("Grace")
    await host.create_channel(channel)
    await host.write("Welcome aboard")
    await host.sees("Welcome aboard")
    new = await invite("Dorothy")
    page = new.page
    await expect(page.get_by_role("heading", name="Welcome to ChatFlow, Dorothy")).to_be_visible()
    await page.get_by_role("button", name=f"Join #{channel}").click()
    field = page.get_by_role("textbox", name=f"Message #{channel}")
    await expect(field).to_have_value("Hello, I am Dorothy. I am new here.")
    assert await find_faults(page) == []
    await page.emulate_media(color_scheme="dark")
    assert await find_faults(page) == []

    # Nothing was sent by itself; what is sent is sent once.
    assert await host.texts() == ["Welcome aboard"]
    await page.get_by_role("button", name="Say hello").click()
    await expect(page.get_by_text(f"You said hello in #{channel}.")).to_be_visible()
    assert (await host.texts())[-1] == "Hello, I am Dorothy. I am new here."
    await page.get_by_role("button", name="Write to Grace").click()
    await new.is_in("Grace")

    # Put away, the steps stay away; coming back leads to who called.
    await page.get_by_role("link", name="Getting started").click()
    await page.get_by_role("button", name="Put these steps away").click()
    await new.is_in("Grace")
    await expect(page.get_by_role("link", name="Getting started")).to_have_count(0)
    await mention(host, new, "look at this")
    await expect(new.room(channel)).to_contain_text("1 mention")
    await page.goto(new.url)
    await new.is_in(channel)
    assert new.complaints == []
