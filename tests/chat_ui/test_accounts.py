"""Signing in and out: what a browser keeps, and what it does not."""

import re

from playwright.async_api import Browser, expect

from tests.chat_ui.axe import find_faults
from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import PASSWORD, Person
from tests.journeys.system import System


async def test_who_signed_out_stays_out_in_every_tab(invite: Invite) -> None:
    alice = await invite("Alice")
    other_tab = await alice.context.new_page()
    await other_tab.goto(alice.url)
    await expect(other_tab.get_by_text("Everything is on disk")).to_be_visible()
    await alice.page.get_by_role("button", name="Account and language").click()
    await alice.page.get_by_role("button", name="Sign out").click()
    for page in (alice.page, other_tab):
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.reload()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await alice.sign_in()


async def test_a_page_that_the_browser_kept_is_shown_again(browser: Browser, system: System) -> None:
    visitor = await Person.arrive(browser, system.url, username="nobody")
    again = await visitor.context.new_page()
    await again.goto(system.url)
    await expect(again.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_no_script_can_read_a_token(invite: Invite) -> None:
    alice = await invite("Alice")
    kept = await alice.page.evaluate("[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]")
    user_id = await alice.page.evaluate("localStorage.getItem('chatflow.signed_in')")
    assert kept[0] == ""
    assert user_id in kept[1]
    assert "eyJ" not in "".join(kept)


async def test_a_wrong_password_is_said_and_can_be_corrected(browser: Browser, invite: Invite, system: System) -> None:
    alice = await invite("Alice")
    elsewhere = await Person.arrive(browser, system.url, username=alice.username)
    await elsewhere.page.get_by_label("Username or e-mail").fill(alice.username)
    await elsewhere.page.get_by_label("Password").fill("not this one")
    await elsewhere.page.keyboard.press("Enter")
    password = elsewhere.page.get_by_label("Password")
    await expect(password).to_have_accessible_description("This name and password do not match.")
    await expect(password).to_be_focused()
    await elsewhere.sign_in()


async def test_what_is_wrong_with_a_new_account_is_said_at_its_field(
    browser: Browser, invite: Invite, system: System
) -> None:
    alice = await invite("Alice")
    late = await Person.arrive(browser, f"{system.url}/register", username=alice.username)
    page, name, password = late.page, late.page.get_by_label("Username"), late.page.get_by_label("Password")
    await name.fill("a")
    await password.fill("short")
    await page.keyboard.press("Enter")
    await expect(name).to_be_focused()
    await expect(name).to_have_accessible_description(re.compile("^Use 2 to 32 characters"))
    await expect(password).to_have_accessible_description(re.compile("^Use 8 to 256 characters"))
    assert await find_faults(page) == []

    # What only the server knows is said at the same place: another's name, and a password that all try.
    await name.fill(alice.username)
    await password.fill("password1234")
    await page.keyboard.press("Enter")
    await expect(password).to_have_accessible_description(re.compile("^Too common"))
    await password.fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(name).to_have_accessible_description(re.compile("^This username is taken"))
    await expect(name).to_be_focused()
    await expect(password).not_to_have_attribute("aria-invalid", "true")
