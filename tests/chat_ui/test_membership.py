"""Who is in a room: people are added by name and by link, get roles, and are taken out."""

from playwright.async_api import Browser, expect

from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person


async def test_a_private_channel_takes_people_in_by_name_and_by_link(
    invite: Invite, channel: str, browser: Browser
) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await page.get_by_role("button", name="Create a channel").click()
    await page.get_by_label("Channel name").fill(channel)
    await page.get_by_label("Private").check()
    await page.keyboard.press("Enter")
    await alice.is_in(channel)

    # By name.
    await page.get_by_role("link", name="1 member").click()
    await page.get_by_role("button", name="Add people").click()
    await page.get_by_label("Name or username").fill(bob.username)
    await page.get_by_role("button", name=f"@{bob.username}").click()
    await page.get_by_role("button", name="Add 1 person").click()
    panel = page.get_by_role("complementary")
    await expect(panel.get_by_role("listitem").filter(has_text=f"@{bob.username}")).to_be_visible()
    await bob.room(channel).click()
    await bob.is_in(channel)

    # A role takes effect where the other one is.
    await panel.get_by_label("Role of Bob").select_option("reader")
    await expect(bob.page.get_by_text("You may read here, not write.")).to_be_visible()

    # By a link, which somebody follows who has no account yet.
    await page.get_by_role("button", name="Add people").click()
    await page.get_by_role("button", name="Make a link").click()
    link = await page.get_by_label("Share a link").input_value()
    carol = await Person.arrive(browser, link, username=f"carol{channel[-8:]}")
    await carol.sign_up("Carol")
    # Nobody is in by having looked at the link.
    await carol.page.get_by_role("button", name="Join", exact=True).click()
    await carol.is_in(channel)
    await carol.write("found it")
    await page.get_by_role("button", name="Cancel").click()
    await alice.sees("found it")
    await expect(panel.get_by_role("listitem").filter(has_text="Carol")).to_be_visible()

    # The link lets nobody in any more once it is revoked.
    await page.get_by_role("button", name="Add people").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("dialog").get_by_text("Used 1 of 25 times")).to_have_count(0)
    await page.get_by_role("button", name="Cancel").click()
    dave = await invite("Dave")
    await dave.page.goto(link)
    await dave.page.get_by_role("button", name="Join", exact=True).click()
    await expect(dave.page.get_by_role("heading", name="This invitation does not work")).to_be_visible()

    # Taken out, she sees it no more.
    await panel.get_by_role("button", name="More for Carol").click()
    await page.get_by_role("menuitem", name="Remove", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(carol.room(channel)).to_have_count(0)
    await expect(panel.get_by_role("listitem").filter(has_text="Carol")).to_have_count(0)
    assert carol.complaints == []
    await carol.context.close()


async def test_an_invitation_that_is_none_says_so(invite: Invite) -> None:
    alice = await invite("Alice")
    await alice.page.goto(f"{alice.url}/join#nothing")
    await alice.page.get_by_role("button", name="Join", exact=True).click()
    await expect(alice.page.get_by_role("heading", name="This invitation does not work")).to_be_visible()


async def test_an_owner_describes_a_channel_and_ends_it(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await page.get_by_role("link", name="About").first.click()
    panel = page.get_by_role("complementary")
    await panel.get_by_label("Description").fill("What comes in\nand what goes out")
    await panel.get_by_role("button", name="Save").click()
    await bob.page.get_by_role("link", name="About").first.click()
    await expect(bob.page.get_by_text("and what goes out")).to_be_visible()
    # Only owners decide of these.
    await expect(bob.page.get_by_role("heading", name="Settings for owners")).to_have_count(0)

    # The name of a public channel is given once, and the way to it is told.
    await page.get_by_role("button", name="Create a channel").click()
    await page.get_by_label("Channel name").last.fill(channel.upper())
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Open the channel of this name").click()
    await alice.is_in(channel)

    # A favourite stands above the channels.
    await page.get_by_role("button", name="Favourite").click()
    await expect(page.get_by_role("region", name="Favourites").get_by_role("link", name=channel)).to_be_visible()

    await page.get_by_role("link", name="About").first.click()
    await panel.get_by_role("button", name="Archive").click()
    await page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    await expect(
        bob.page.get_by_text("This channel is archived: it can be read, not written to.").first
    ).to_be_visible()
    assert alice.complaints == []
