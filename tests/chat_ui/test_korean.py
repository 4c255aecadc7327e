"""Korean: one Enter sends the whole text once while a syllable is being composed, and the page speaks it."""

import pytest
from playwright.async_api import Browser, CDPSession, expect

from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person
from tests.chat_ui.words import words
from tests.journeys.system import System

SYLLABLES = ["ㅇ", "아", "안", "안ㄴ", "안녀", "안녕"]
ENTER = {"code": "Enter", "windowsVirtualKeyCode": 13}


async def enter_as_on_windows(session: CDPSession) -> None:
    """The input method takes the key, completes the syllable, and the same Enter goes on to the field."""
    await session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229})
    await session.send("Input.insertText", {"text": SYLLABLES[-1]})
    await session.send("Input.dispatchKeyEvent", {"type": "char", "key": "Enter", "text": "\r", **ENTER})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", **ENTER})


async def enter_as_on_macos(session: CDPSession) -> None:
    """The input method takes the key and completes the syllable; a second key follows."""
    await session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    await session.send("Input.insertText", {"text": SYLLABLES[-1]})
    await session.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "text": "\r", **ENTER})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", **ENTER})


async def enter_while_composing(session: CDPSession) -> None:
    """The line break comes while the syllable is still open, as some keyboards of phones do."""
    await session.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "Enter", "text": "\r", **ENTER})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", **ENTER})


@pytest.mark.parametrize("press_enter", [enter_as_on_windows, enter_as_on_macos, enter_while_composing])
async def test_one_enter_sends_the_whole_text_once(invite: Invite, channel: str, press_enter: object) -> None:
    assert callable(press_enter)
    alice = await invite("Alice")
    await alice.create_channel(channel)
    await compose(alice, SYLLABLES)
    await press_enter(await alice.context.new_cdp_session(alice.page))
    await alice.sees("안녕")
    await expect(alice.field).to_have_value("")
    await alice.write("끝")
    await alice.sees("끝")
    assert await alice.texts() == ["안녕", "끝"]


async def test_the_page_speaks_the_browser_s_language(browser: Browser, system: System) -> None:
    newcomer = await Person.arrive(browser, system.url, username="nobody", locale="ko-KR")
    await expect(newcomer.page.get_by_role("heading", name="로그인")).to_be_visible()
    assert await newcomer.page.evaluate("document.documentElement.lang") == "ko"


async def test_a_language_that_was_chosen_stays(invite: Invite) -> None:
    alice = await invite("Alice")
    await choose_korean(alice)
    await alice.page.reload()
    await expect(alice.page.get_by_role("heading", level=1, name="설정")).to_be_visible()
    assert await alice.page.evaluate("document.documentElement.lang") == "ko"


async def test_the_letters_of_what_is_said_without_a_connection_come_before(invite: Invite) -> None:
    alice = await invite("Alice")
    await choose_korean(alice)
    said = "".join(text for key, text in words("ko").items() if key.startswith(("link.", "disk.", "outbox.")))
    await alice.page.wait_for_function("text => document.fonts.check('15px \"Pretendard Variable\"', text)", arg=said)


async def choose_korean(person: Person) -> None:
    await person.page.keyboard.press("Control+,")
    await person.page.get_by_role("link", name="Language and time").click()
    await person.page.get_by_text("한국어", exact=True).click()
    await expect(person.page.get_by_role("heading", level=1, name="설정")).to_be_visible()


async def compose(person: Person, steps: list[str]) -> None:
    await person.field.focus()
    session = await person.context.new_cdp_session(person.page)
    for text in steps:
        composing = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        await session.send("Input.imeSetComposition", composing)
