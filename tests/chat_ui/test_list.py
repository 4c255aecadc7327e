"""The list of messages: only a part of it is drawn, and nothing moves under the reader's eyes."""

import re

from playwright.async_api import Page, expect

from tests.actors import Actor, Device
from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person
from tests.journeys.system import System

UNREAD = 240
# What the list may cost the browser, however long the room is.
MOST_NODES = 1_500
# A row may move by the rounding of its height.
SLACK_PIXELS = 2


async def fill(writer: Actor, name: str) -> tuple[Device, str]:
    """Write into the channel messages of one line and of many."""
    device = await writer.connect()
    room_id = (await writer.rest.get("/api/rooms/public", q=name))["items"][0]["id"]
    await device.join(room_id)
    texts = [f"line {number}." + " and on it goes" * (number * 7 % 40) for number in range(1, UNREAD + 1)]
    await device.send_all(room_id, texts)
    return device, room_id


async def top_of(person: Person, text: str) -> float:
    box = await person.page.locator("article", has_text=text).first.bounding_box()
    assert box is not None, f"{text!r} is not drawn"
    return box["y"]


async def first_visible(page: Page) -> str:
    """Return the first words of the message at the upper edge."""
    words: str = await page.evaluate(
        """() => {
          const edge = document.querySelector("[role=log]").getBoundingClientRect().top;
          const rows = [...document.querySelectorAll("[role=log] article")];
          const row = rows.find((row) => row.getBoundingClientRect().bottom > edge + 40);
          return /line \\d+\\./.exec(row.textContent)[0];
        }"""
    )
    return words


async def test_a_long_room_is_read_from_its_first_unread_message(invite: Invite, channel: str, system: System) -> None:
    reader = await invite("Reader")
    page = reader.page
    await reader.create_channel(channel)
    await reader.write("mine")
    await reader.sees("mine")
    head_height = (await page.get_by_role("heading", level=1).locator("..").locator("..").bounding_box())["height"]  # type: ignore[index]
    await reader.create_channel(f"{channel}-2")
    async with Actor(system.url, "writer") as writer:
        await writer.register()
        device, room_id = await fill(writer, channel)
        await page.reload()
        await reader.is_in(f"#{channel}-2")
        await reader.room(channel).filter(has_text=f"{UNREAD} unread messages").click()

        # It opens at the first unread message, and the newest ones are not loaded yet.
        await expect(page.get_by_text(re.compile(r"^line 1\. "))).to_be_in_viewport()
        await expect(page.get_by_text(re.compile(rf"^{UNREAD} new since"))).to_be_visible()
        await expect(page.get_by_text(f"{UNREAD} new", exact=True)).to_be_in_viewport()
        head = page.get_by_role("heading", level=1).locator("..").locator("..")
        assert (await head.bounding_box())["height"] == head_height  # type: ignore[index]

        # Going down loads what follows, without a hole and with few elements.
        seen: list[str] = []
        while "line 200." not in seen:
            await reader.messages.evaluate("box => box.scrollBy(0, box.clientHeight)")
            await page.wait_for_timeout(20)
            drawn = [text.split(" and")[0] for text in await reader.texts() if text.startswith("line")]
            assert drawn == [f"line {int(drawn[0][5:-1]) + index}." for index in range(len(drawn))]
            assert await reader.messages.locator("*").count() <= MOST_NODES
            seen.extend(drawn)

        # What comes, what changes and what loads moves nothing that one looks at.
        at_edge = await first_visible(page)
        before = await top_of(reader, at_edge)
        await device.send(room_id, "something new")
        await device.send(room_id, "line 500.")
        await expect(page.get_by_role("button", name=f"{UNREAD + 2} new messages")).to_be_visible()
        assert abs(await top_of(reader, at_edge) - before) <= SLACK_PIXELS

        # Another room and back: the same line at the same place, once nothing is unread.
        await page.get_by_role("button", name="Mark read").click()
        await expect(page.get_by_text(re.compile("new since"))).to_have_count(0)
        await reader.room(f"{channel}-2").click()
        await reader.is_in(f"#{channel}-2")
        await page.get_by_role("navigation", name="Rooms").get_by_role("link", name=channel, exact=True).click()
        await expect(page.get_by_text(re.compile(rf"^{re.escape(at_edge)}"))).to_be_in_viewport()
        assert abs(await top_of(reader, at_edge) - before) <= SLACK_PIXELS

        # The round button leads to the newest message, and pages that load above it move nothing.
        await page.get_by_role("button", name="Jump to the latest").click()
        await expect(page.get_by_text("line 500.")).to_be_in_viewport()
        for _ in range(12):
            await reader.messages.evaluate("box => box.scrollBy(0, -700)")
            at_edge = await first_visible(page)
            before = await top_of(reader, at_edge)
            await page.wait_for_timeout(150)
            assert abs(await top_of(reader, at_edge) - before) <= SLACK_PIXELS


async def test_the_list_never_shrinks_while_one_sends(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    await alice.create_channel(channel)
    for number in range(30):
        await alice.write(f"message {number}")
    await alice.sees("message 29")
    await alice.page.evaluate(
        """() => {
          const content = document.querySelector("[role=log]").firstElementChild;
          window.heights = [content.offsetHeight];
          new ResizeObserver(() => window.heights.push(content.offsetHeight)).observe(content);
        }"""
    )
    for number in range(30, 34):
        await alice.write(f"message {number}")
        await alice.sees(f"message {number}")
    await expect(alice.page.get_by_text("Everything is on disk")).to_be_visible()
    heights = await alice.page.evaluate("window.heights")
    assert heights == sorted(heights)
    assert len(set(heights)) == 5, "each message is as high from the first moment"
    await expect(alice.page.get_by_text("message 33")).to_be_in_viewport()

    # A message that goes on from another shows its time in the gutter, whole, while it is pointed at.
    row = alice.page.locator("article", has_text="message 33")
    await row.hover()
    await expect(row.locator("time")).to_have_css("opacity", "1")
    time, list_box = await row.locator("time").bounding_box(), await alice.messages.bounding_box()
    assert time is not None
    assert list_box is not None
    assert time["x"] >= list_box["x"], "cut off at the edge of the list"
    assert await row.locator("time").evaluate("time => time.scrollWidth <= time.clientWidth + 1")
    text = await row.locator("[data-message-text]").bounding_box()
    assert text is not None
    assert time["x"] + time["width"] <= text["x"], "lies over the text"


async def test_a_link_opens_a_message_in_its_place_and_leaves_what_follows_unread(
    invite: Invite, channel: str, system: System
) -> None:
    reader = await invite("Reader")
    page = reader.page
    await reader.create_channel(f"{channel}-2")
    async with Actor(system.url, "writer") as writer:
        await writer.register()
        device = await writer.connect()
        room_id = await device.create_room(channel)
        seqs = [sent["seq"] for sent in await device.send_all(room_id, [f"line {number}." for number in range(1, 151)])]
    await reader.join_channel(channel)
    await reader.sees("line 150.")

    # The message is not loaded; it is opened among its neighbours, and has the focus.
    await page.goto(f"{system.url}/rooms/{room_id}/{seqs[19]}")
    row = page.locator("article", has=page.get_by_text("line 20.", exact=True))
    await expect(row).to_be_focused()
    await expect(row).to_be_in_viewport()
    await expect(row).to_have_accessible_name(re.compile(r"^writer-\w+, .+, line 20\.$"))
    await expect(page.get_by_text("line 150.")).to_have_count(0)

    # The keys go on from there, to the ends too.
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("article", has=page.get_by_text("line 21.", exact=True))).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.get_by_text("line 150.")).to_be_in_viewport()

    # What one marks as unread stays so, and is where the room opens next.
    last = page.locator("article", has=page.get_by_text("line 148.", exact=True))
    await last.hover()
    await last.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Mark unread from here").click()
    await expect(page.get_by_text("3 new since")).to_be_visible()
    await reader.room(f"{channel}-2").click()
    await expect(reader.room(channel).filter(has_text="3 unread messages")).to_be_visible()
    await reader.room(channel).filter(has_text="3 unread messages").click()
    await expect(page.get_by_text("3 new", exact=True)).to_be_in_viewport()
