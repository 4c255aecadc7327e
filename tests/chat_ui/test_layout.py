"""How the page fits where it is narrow, and what a message may paint over."""

from playwright.async_api import expect

from tests.chat_ui.conftest import Invite

# As many marks over one letter as the server takes, which is more than any language has.
PILE = "z" + "\u0301\u0302\u0308\u030c" * 7


async def test_marks_piled_up_over_a_letter_stay_in_their_message(invite: Invite, channel: str) -> None:
    alice = await invite("Alice")
    page = alice.page
    await alice.create_channel(channel)
    bob = await invite("Bob")
    await bob.join_channel(channel)
    await alice.write("above")
    await bob.write(PILE)
    await alice.sees("above")
    rows = alice.messages.get_by_role("article")
    await expect(rows).to_have_count(2)
    above = await rows.first.bounding_box()
    assert above is not None
    clip = {**above, "width": 300}
    with_pile = await page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]
    await rows.last.evaluate("row => row.style.visibility = 'hidden'")
    assert await page.screenshot(clip=clip, animations="disabled") == with_pile  # type: ignore[arg-type]
