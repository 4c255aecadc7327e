"""Two people talk in two browsers: what one writes the other reads, and nothing is lost on the way."""

from playwright.async_api import expect

from tests.chat_ui.conftest import Invite
from tests.journeys.system import System


async def test_two_people_talk_and_a_reload_keeps_everything(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("Is there any tea?")
    await bob.sees("Is there any tea?")
    await bob.write("물론이죠 🍵")
    await alice.sees("물론이죠 🍵")

    for person in (alice, bob):
        await person.page.reload()
        await person.is_in(f"#{channel}")
        await person.sees("물론이죠 🍵")
        assert await person.texts() == ["Is there any tea?", "물론이죠 🍵"]


async def test_a_mention_is_counted_until_the_room_is_read(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.create_channel(f"{channel}-2")
    await bob.field.press_sequentially(f"Hello @{alice.username[:9]}")
    await bob.page.get_by_role("option", name=f"@{alice.username}").click()
    await bob.page.keyboard.press("Enter")
    await bob.sees("Hello @Alice")

    badge = alice.room(channel).filter(has_text="1 mention")
    await expect(badge).to_be_visible()
    await badge.click()
    await alice.sees("Hello @Alice")
    await expect(alice.page.get_by_text("1 mention")).to_have_count(0)
    await alice.page.reload()
    await alice.sees("Hello @Alice")
    await expect(alice.page.get_by_text("1 mention")).to_have_count(0)


async def test_a_direct_message_reaches_somebody_found_by_name(invite: Invite) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.page.get_by_role("button", name="Start a direct message").click()
    await alice.page.get_by_label("Name or username").fill(bob.username)
    await alice.page.get_by_role("button", name=f"@{bob.username}").click()
    await alice.is_in("Bob")
    await alice.write("Just us")
    await alice.sees("Just us")

    await bob.room("Alice").filter(has_text="1 unread message").click()
    await bob.sees("Just us")
    await bob.write("Nobody else")
    await alice.sees("Nobody else")


async def test_what_is_written_without_a_connection_is_sent_once_and_in_order(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.context.set_offline(True)
    await expect(alice.page.get_by_role("status").filter(has_text="You are offline.")).to_be_visible()
    for text in ("first", "second", "third"):
        await alice.write(text)
    await expect(alice.page.get_by_role("img", name="Waiting for the connection")).to_have_count(3)
    await bob.write("meanwhile")
    await bob.sees("meanwhile")
    await alice.context.set_offline(False)

    await bob.sees("third")
    await alice.sees("third")
    assert await bob.texts() == ["meanwhile", "first", "second", "third"]
    assert await alice.texts() == ["meanwhile", "first", "second", "third"]


async def test_a_gateway_that_dies_is_no_more_than_a_pause(invite: Invite, channel: str, system: System) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    names = system.names_of("gateway")
    dead_pids = [system.kill(name) for name in names]
    await alice.write("while it is down")
    for name, dead_pid in zip(names, dead_pids, strict=True):
        system.wait_until_replaced(name, dead_pid=dead_pid)
    await bob.sees("while it is down")
    await alice.sees("while it is down")
