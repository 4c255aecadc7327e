"""What the browser keeps of the rooms: readable without the server, never in the way, and gone with the person."""

import asyncio

from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.chat_ui.conftest import Invite
from tests.chat_ui.person import Person

KEPT_MESSAGES = """async (text) => {
  const me = localStorage.getItem("chatflow.signed_in");
  const opened = await new Promise((resolve) => {
    const request = indexedDB.open(`chatflow.${me}`);
    request.onsuccess = () => resolve(request.result);
  });
  const rooms = await new Promise((resolve) => {
    const request = opened.transaction("rooms").objectStore("rooms").getAll();
    request.onsuccess = () => resolve(request.result);
  });
  opened.close();
  return rooms.some((room) => room.messages?.some((message) => message.text === text));
}"""
LATER_VERSION = """async () => {
  const me = localStorage.getItem("chatflow.signed_in");
  await new Promise((resolve) => {
    const request = indexedDB.open(`chatflow.${me}`, 99);
    request.onsuccess = () => resolve(request.result.close());
  });
}"""
RUBBISH = """async () => {
  const me = localStorage.getItem("chatflow.signed_in");
  localStorage.setItem(`chatflow.unsent.${me}.rubbish`, "{not json");
  localStorage.setItem(`chatflow.draft.${me}.${location.pathname.split("/")[2]}`, "{not json");
  const opened = await new Promise((resolve) => {
    const request = indexedDB.open(`chatflow.${me}`);
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise((resolve) => {
    const transaction = opened.transaction("rooms", "readwrite");
    transaction.objectStore("rooms").put({ id: "a" });
    transaction.objectStore("rooms").put({ id: "b", room: 5, messages: "no" });
    transaction.oncomplete = resolve;
  });
  opened.close();
}"""
KEPT_ADDRESSES = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(opened.map((cache) => cache.keys()))).flat();
  return requests.map(({ url }) => new URL(url).pathname);
}"""
WORKER_READY = "async () => Boolean((await navigator.serviceWorker.getRegistration())?.active)"
NONE_KEPT = "async () => (await indexedDB.databases()).length === 0"
WITHIN_SECONDS = 20


async def test_the_page_opens_without_a_network(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await alice.write("kept here")
    await alice.sees("kept here")
    await until(page, KEPT_MESSAGES, "kept here")
    await until(page, WORKER_READY)

    await alice.context.set_offline(True)
    await page.reload()
    await alice.is_in(channel)
    await alice.sees("kept here")
    await expect(page.get_by_role("status").filter(has_text="You are offline.")).to_be_visible()
    await alice.write("written offline, after a reload")
    await page.reload()
    await expect(page.get_by_role("img", name="Waiting for the connection")).to_have_count(1)
    await alice.context.set_offline(False)
    await bob.sees("written offline, after a reload")
    await alice.sees("written offline, after a reload")
    await alice.is_online()

    # What the services answer is never kept.
    kept = await page.evaluate(KEPT_ADDRESSES)
    assert "/" in kept
    assert [path for path in kept if path.startswith(("/api", "/socket.io", "/rooms"))] == []
    manifest = await page.evaluate("async () => (await fetch('/manifest.webmanifest')).json()")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}


async def test_rooms_are_readable_without_the_server_and_catch_up_with_it(invite: Invite, channel: str) -> None:
    alice, bob = await invite("Alice"), await invite("Bob")
    page = alice.page
    services = Services()
    await services.take(alice)
    await alice.create_channel(channel)
    await bob.join_channel(channel)
    await bob.write("kept here")
    await alice.sees("kept here")
    await until(page, KEPT_MESSAGES, "kept here")

    # The page still comes, the services do not answer.
    services.away = True
    await page.reload()
    await alice.is_in(channel)
    await alice.sees("kept here")
    await expect(alice.messages).to_contain_text("Bob")
    await alice.write("written without a server")
    await bob.write("meanwhile")
    await bob.sees("meanwhile")

    services.away = False
    await page.reload()
    await bob.sees("written without a server")
    await alice.sees("written without a server")
    assert await alice.texts() == ["kept here", "meanwhile", "written without a server"]

    # Nothing that lies in the store, and no store at all, breaks the page.
    await page.evaluate(RUBBISH)
    await page.reload()
    await alice.sees("meanwhile")
    await page.evaluate(LATER_VERSION)
    await page.reload()
    await alice.sees("meanwhile")
    await alice.is_online()

    # Signing out leaves nothing behind, and asks before it takes a draft away.
    await page.get_by_role("button", name="Account and language").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("dialog", name="draft").get_by_role("button", name="Discard and sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await until(page, NONE_KEPT)
    assert await page.evaluate("Object.keys(localStorage).filter((key) => /draft|unsent|user/.test(key))") == []


async def until(page: Page, condition: str, argument: str | None = None) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await page.evaluate(condition, argument):  # noqa: ASYNC110 - the browser tells no event of it
            await asyncio.sleep(0.1)


class Services:
    """The gateway as this browser finds it: once `away` is set no call and no socket gets through, the page does."""

    def __init__(self) -> None:
        self.away = False

    async def take(self, person: Person) -> None:
        await person.context.route("**/api/**", self._call)
        await person.context.route("**/socket.io/**", self._call)
        await person.context.route_web_socket("**/socket.io/**", self._open)

    async def _call(self, route: Route) -> None:
        await (route.abort() if self.away else route.continue_())

    async def _open(self, line: WebSocketRoute) -> None:
        await (line.close() if self.away else _join(line))


async def _join(line: WebSocketRoute) -> None:
    line.connect_to_server()
