"""The stage of the browser journeys: a running product, a browser, and people who come when called."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import uuid4

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.chat_ui.browsers import QUIET, find_chromium
from tests.chat_ui.build import run_build
from tests.chat_ui.person import Person
from tests.journeys.scales import Scale
from tests.journeys.system import System, open_system
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without

Invite = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="session")
def system(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    run_build()
    with open_system(tmp_path_factory.mktemp("chat_ui"), settings=scale.settings) as system:
        yield system


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium() or give_up_without(ServerMissing("chromium", "no chromium on the PATH"))


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=10_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def invite(browser: Browser, system: System) -> AsyncIterator[Invite]:
    """Call `await invite("Alice")` for somebody signed up; at the end nobody's browser may have complained."""
    people: list[Person] = []

    async def call(name: str, **window: object) -> Person:
        username = f"{name.lower()}-{uuid4().hex[:10]}"
        person = await Person.arrive(browser, system.url, username=username, **window)  # type: ignore[arg-type]
        people.append(person)
        await person.sign_up(name)
        return person

    yield call
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def channel() -> str:
    """A name that no other test uses."""
    return f"room-{uuid4().hex[:8]}"
