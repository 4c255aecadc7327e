"""An address is given in the settings, confirmed by the link in a real mail, and shown confirmed where it was given."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.chat_ui.axe import find_faults
from tests.chat_ui.build import run_build
from tests.chat_ui.person import Person
from tests.journeys.system import System, open_system
from tests.servers.mail import MailServer, run_mail_server, text_of


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def mailing(tmp_path: Path, mail_server: MailServer) -> Iterator[System]:
    run_build()
    settings = {"CHATFLOW_MAIL_URL": mail_server.url, "CHATFLOW_MAIL_FROM": "ChatFlow <chat@example.com>"}
    with open_system(tmp_path / "system", settings=settings) as system:
        yield system


async def test_an_address_is_confirmed_by_its_mail(browser: Browser, mailing: System, mail_server: MailServer) -> None:
    alice = await Person.arrive(browser, mailing.url, username="alice", locale="ko-KR")
    await alice.page.get_by_label("언어").select_option("en")
    await alice.sign_up("Alice")
    await alice.page.goto(f"{mailing.url}/settings/profile")
    await alice.page.get_by_label("E-mail address").fill("alice@example.com")
    await alice.page.get_by_role("button", name="Send the link").click()
    await expect(alice.page.get_by_text("Waiting for you")).to_be_visible()
    await alice.page.get_by_role("button", name="Send again").click()
    mail, again = mail_server.wait_for_mails(2)
    assert await find_faults(alice.page) == []

    # The language that she chose, and not the browser's.
    assert mail["Subject"] == again["Subject"] == "Confirm your e-mail address"
    assert mail["To"] == "alice@example.com"
    [link] = set(re.findall(r"http://localhost:\d+/confirm-email#[\w-]+", text_of(mail)))
    assert link in text_of(again)

    # On another device, where nobody is signed in.
    phone = await Person.arrive(browser, link, username="alice", viewport={"width": 390, "height": 760})
    await expect(phone.page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()
    assert "#" not in phone.page.url
    assert await find_faults(phone.page) == []
    await phone.page.get_by_role("button", name="Confirm the address").click()
    await expect(phone.page.get_by_role("heading", name="The address is confirmed")).to_be_visible()

    await alice.page.bring_to_front()
    await alice.page.evaluate("window.dispatchEvent(new Event('focus'))")
    await expect(alice.page.get_by_text("Confirmed", exact=True)).to_be_visible()
    await expect(alice.page.get_by_text("alice@example.com")).to_be_visible()

    # The link is good once.
    await phone.page.goto("about:blank")
    await phone.page.goto(link)
    await phone.page.get_by_role("button", name="Confirm the address").click()
    await expect(phone.page.get_by_role("heading", name="This link is no good any more")).to_be_visible()
    assert alice.complaints + phone.complaints == []
