"""A line that swallows everything: noticed within 10 s by whoever uses the page, and left for a new one."""

import asyncio

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.chat_ui.conftest import Invite


class Line:
    """What stands between a page and the gateway; once `silent` is set nothing passes, and nobody is told."""

    def __init__(self) -> None:
        self.silent = False

    def open(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda message: None if self.silent else server.send(message))
        server.on_message(lambda message: None if self.silent else page.send(message))


@pytest.mark.long
async def test_a_silent_line_is_noticed_while_the_page_is_used(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    line = Line()
    await alice.context.route_web_socket("**/socket.io/**", line.open)
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.page.reload()
    await alice.is_online()
    await alice.is_in(f"#{channel}")

    line.silent = True
    began = asyncio.get_running_loop().time()
    await alice.page.mouse.move(300, 300)
    await expect(alice.page.get_by_text("Offline since")).to_be_visible(timeout=20_000)
    assert asyncio.get_running_loop().time() - began < 10
    await alice.write("written into the silence")
    await bob.write("missed")
    await bob.sees("missed")

    # As a browser says when it has a network again; without the word the attempt under way takes its time.
    line.silent = False
    await alice.page.evaluate("window.dispatchEvent(new Event('online'))")
    bar = alice.page.get_by_role("status").filter(has_text="Back. 1 sent")
    await expect(bar).to_contain_text("You missed 1 message.", timeout=30_000)
    await bob.sees("written into the silence")
    assert await bob.texts() == ["missed", "written into the silence"]
