"""A push reaches a browser whose page is closed: from the switch in the settings to the worker's notification.

No vendor's push service can be reached here, so the browser is given a subscription at one of the tests' own. What
comes there is decrypted and handed to the worker by the browser's debugging protocol.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.actors import Actor
from tests.chat_ui.build import run_build
from tests.chat_ui.person import Person
from tests.chatflow.conditions import until
from tests.journeys.system import System, open_system
from tests.notification_service.channels.push_service import PushService
from tests.servers.certificates import make_certificate

WITHIN_SECONDS = 30.0
CALLS = 20
# What `subscribe` answers, and from then on `getSubscription` too, as no vendor can be asked.
SUBSCRIBING = """
(given) => {
  const made = (key) => ({
    endpoint: given.endpoint,
    options: { applicationServerKey: Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')),
      (letter) => letter.charCodeAt(0)).buffer },
    toJSON: () => given,
    unsubscribe: async () => { localStorage.removeItem('subscribed'); return true; },
  });
  const found = () => { const key = localStorage.getItem('subscribed'); return key ? made(key) : null; };
  PushManager.prototype.getSubscription = async () => found();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem('subscribed', applicationServerKey);
    return found();
  };
}
"""
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.getRegistration('/');
  return (await worker.getNotifications()).map(({ title, body, tag }) => [title, body, tag]);
}"""


@pytest.fixture
def place(tmp_path: Path) -> PushService:
    """The push service before it answers."""
    return PushService(make_certificate(tmp_path))


@pytest.fixture
def reaching(tmp_path: Path, place: PushService) -> Iterator[System]:
    """The product, which may dial the push service and believes its certificate."""
    run_build()
    settings = {"CHATFLOW_OUTBOUND_ALLOWED": f"localhost:{place.port}", "SSL_CERT_FILE": str(place.certificate)}
    with open_system(tmp_path / "system", settings=settings) as system:
        yield system


@pytest.fixture
async def push(place: PushService) -> AsyncIterator[PushService]:
    async with place.serving():
        yield place


async def worker_of(context: BrowserContext) -> tuple[CDPSession, str]:
    """Return what hands pushes to the worker of this context, and by which name."""
    page = await context.new_page()
    protocol = await context.new_cdp_session(page)
    ids: list[str] = []

    def note(event: dict[str, list[dict[str, str]]]) -> None:
        for registration in event["registrations"]:
            ids.append(registration["registrationId"])

    protocol.on("ServiceWorker.workerRegistrationUpdated", note)
    await protocol.send("ServiceWorker.enable")
    await until(lambda: len(ids) > 0, within_seconds=WITHIN_SECONDS)
    return protocol, ids[0]


async def see_shown(page: Page, wanted: list[list[str]]) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while (shown := await page.evaluate(SHOWN)) != wanted:
        assert time.monotonic() < deadline, shown


async def test_a_call_reaches_a_browser_whose_page_is_closed(
    browser: Browser, reaching: System, push: PushService, capsys: pytest.CaptureFixture[str]
) -> None:
    device, channel = push.open_browser(), f"room-{uuid4().hex[:8]}"
    alice = await Person.arrive(browser, reaching.url, username=f"alice-{uuid4().hex[:8]}")
    await alice.context.grant_permissions(["notifications"], origin=reaching.url)
    await alice.context.add_init_script(f"({SUBSCRIBING})({json.dumps(device.subscription)})")
    await alice.page.reload()
    await alice.sign_up("Alice")
    await alice.create_channel(channel)

    # The switch, and a test of it.
    await alice.page.goto(f"{reaching.url}/settings/notices")
    await alice.page.get_by_role("switch", name="Push to this device").click()
    await expect(alice.page.get_by_text("this device", exact=True)).to_be_visible(timeout=15_000)
    await alice.page.get_by_role("button", name="Send a test to").click()
    await expect(alice.page.get_by_text("appears there in a moment")).to_be_visible(timeout=15_000)
    assert [one.shown["tag"] for one in device.pushes] == ["test"]

    # The page is closed, and the worker is what is left.
    protocol, registration = await worker_of(alice.context)
    await alice.page.close()
    outside = await alice.context.new_page()
    # Of the same origin, and not the page, which would be looked at.
    await outside.goto(f"{reaching.url}/api/system/status")
    async with Actor(reaching.url, "bob") as bob:
        await bob.register()
        sockets = await bob.connect()
        room_id = (await bob.rest.get("/api/rooms/public", q=channel))["items"][0]["id"]
        await sockets.join(room_id)
        [her] = (await bob.rest.get("/api/users", q=alice.username))["items"]
        lags = []
        for number in range(1, CALLS + 1):
            await sockets.send(room_id, f"call {number} <@{her['id']}>")
            acked_at = time.monotonic()
            await until(lambda count=number + 1: len(device.pushes) == count, within_seconds=WITHIN_SECONDS)  # type: ignore[misc]
            content = json.dumps(device.pushes[-1].content)
            delivery = {"origin": reaching.url, "registrationId": registration, "data": content}
            await protocol.send("ServiceWorker.deliverPushMessage", delivery)
            lags.append(time.monotonic() - acked_at)
            title = f"{bob.username} mentioned you in #{channel}"
            await see_shown(outside, [[title, f"call {number} @Alice", room_id]])
        with capsys.disabled():
            print(f"\nack to hand-over: p95 {sorted(lags)[int(0.95 * len(lags))] * 1000:.0f} ms")  # noqa: T201
        assert [one.shown["app_badge"] for one in device.pushes[1:]] == [str(one + 1) for one in range(CALLS)]

    # Opened and read there, it is gone from the desktop.
    page = await alice.context.new_page()
    await page.goto(f"{reaching.url}/rooms/{room_id}")
    await expect(page.get_by_text(f"call {CALLS}")).to_be_visible(timeout=15_000)
    await see_shown(outside, [])
