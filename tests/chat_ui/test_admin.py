"""The admin in a browser: it works under its own policy, and nothing of it is reached by the public address."""

import json
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.system import System, open_system
from tests.servers.ports import find_free_port

ADMIN_PAGES = ("/login/", "/user_accounts/user/", "/static/admin/css/base.css", "/admin/")
ALICE = {"username": "alice", "password": "correct horse battery"}
BOB = {"username": "bobby", "password": "correct horse battery"}


@pytest.fixture(scope="module")
def admin_port() -> int:
    return find_free_port()


@pytest.fixture(scope="module")
def with_admin(admin_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    settings = {"CHATFLOW_ADMIN": "1", "CHATFLOW_ADMIN_PORT": str(admin_port)}
    with open_system(tmp_path_factory.mktemp("admin"), settings=settings) as system:
        for person in (ALICE, BOB):
            sign_up(system, person)
        yield system


async def test_an_owner_deactivates_somebody_and_nothing_is_refused_by_the_policy(
    with_admin: System, admin_port: int, browser: Browser
) -> None:
    page = await browser.new_page(locale="ko-KR")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(f"http://127.0.0.1:{admin_port}/")
    await page.fill("#id_username", ALICE["username"])
    await page.fill("#id_password", ALICE["password"])
    await page.click("input[type=submit]")
    await page.click("text=Users >> nth=0")
    await page.click("#result_list >> text=bobby")
    await page.check("#id_deactivated")
    await page.click("input[name=_save]")

    await expect(page.locator(".messagelist .success")).to_contain_text("bobby")
    await expect(page.locator("#result_list")).to_contain_text("alice")
    await page.click("#logout-form button")
    await expect(page.locator("body")).to_contain_text("로그아웃")
    assert complaints == []


def test_the_public_address_leads_to_nothing_of_it(with_admin: System, admin_port: int) -> None:
    inner = [fetch(f"http://127.0.0.1:{admin_port}{path}") for path in ADMIN_PAGES[:3]]
    public = [fetch(with_admin.url + path) for path in ADMIN_PAGES]

    assert all("csrfmiddlewaretoken" in text or "--header-bg" in text for text in inner)
    assert not any("csrfmiddlewaretoken" in text or "--header-bg" in text for text in public)


def sign_up(system: System, person: dict[str, str]) -> None:
    headers = {"Content-Type": "application/json"}
    wanted = urllib.request.Request(f"{system.url}/api/users", data=json.dumps(person).encode(), headers=headers)  # noqa: S310
    with urllib.request.urlopen(wanted, timeout=20) as response:  # noqa: S310
        assert response.status == 201


def fetch(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
            text: str = response.read().decode()
    except HTTPError as refused:
        with refused:
            text = refused.read().decode()
    return text
