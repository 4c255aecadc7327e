"""Reading: far back, after a while, and on a phone."""

from playwright.async_api import expect

from tests.actors import Actor
from tests.chat_ui.conftest import Invite
from tests.journeys.system import System

MESSAGES = 130


async def test_history_loads_upwards_to_its_beginning(invite: Invite, channel: str, system: System) -> None:
    reader = await invite("Reader")
    async with Actor(system.url, "writer") as writer:
        await writer.register()
        device = await writer.connect()
        room_id = await device.create_room(channel, exactly=True)
        await device.send_all(room_id, [f"line {number}." for number in range(1, MESSAGES + 1)])
    await reader.join_channel(channel)
    await reader.sees(f"line {MESSAGES}.")

    beginning = reader.page.get_by_text(f"This is where #{channel} begins.")
    seen = set(await reader.texts())
    for _ in range(MESSAGES):
        await reader.messages.evaluate("box => box.scrollBy(0, -box.clientHeight)")
        await reader.page.wait_for_timeout(20)
        drawn = await reader.texts()
        assert drawn == [f"line {int(drawn[0][5:-1]) + index}." for index in range(len(drawn))], "a hole"
        seen.update(drawn)
    await expect(beginning).to_be_visible()
    assert seen == {f"line {number}." for number in range(1, MESSAGES + 1)}


async def test_a_room_opens_at_the_first_unread_message(invite: Invite, channel: str, system: System) -> None:
    reader = await invite("Reader")
    await reader.create_channel(channel)
    await reader.write("mine")
    await reader.sees("mine")
    await reader.create_channel(f"{channel}-2")
    async with Actor(system.url, "writer") as writer:
        await writer.register()
        device = await writer.connect()
        room_id = (await writer.rest.get("/api/rooms/public", q=channel))["items"][0]["id"]
        await device.join(room_id)
        await device.send_all(room_id, [f"line {number}." for number in range(1, 61)])
    await reader.room(channel).filter(has_text="60 unread messages").click()

    await expect(reader.page.get_by_text("line 1.", exact=True)).to_be_in_viewport()
    await expect(reader.page.get_by_text("line 60.", exact=True)).not_to_be_in_viewport()
    await reader.page.get_by_role("button", name="60 new messages").click()
    await expect(reader.page.get_by_text("line 60.", exact=True)).to_be_in_viewport()
    await expect(reader.page.get_by_text("60 unread messages")).to_have_count(0)


async def test_on_a_phone_rooms_and_messages_are_two_pages(invite: Invite, channel: str) -> None:
    alice = await invite("Alice", viewport={"width": 390, "height": 800})
    await alice.create_channel(channel)
    await alice.write("from the tram")
    await alice.sees("from the tram")
    await expect(alice.room(channel)).not_to_be_visible()
    await alice.page.get_by_role("link", name="Back to the rooms").click()
    await alice.room(channel).click()
    await alice.sees("from the tram")
    assert await alice.page.evaluate("document.documentElement.scrollWidth") == 390
