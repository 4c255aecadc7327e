"""Every screen of the client, and how one comes to it: by the same steps in either language and at any width."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.chat_ui.demo import ME, Demo
from tests.chat_ui.words import words

PHONE = 720
STRIP = 1024
SETTINGS = ("profile", "look", "language", "notices", "keys")
NO_ROOM = "0190f5a0-0000-7000-8000-00000000dead"


@dataclass(frozen=True)
class Visit:
    """Somebody who looks at the screens of an installation."""

    demo: Demo
    page: Page
    language: str

    def t(self, key: str) -> str:
        return words(self.language)[key]

    @property
    def is_phone(self) -> bool:
        size = self.page.viewport_size
        return size is not None and size["width"] < PHONE

    @property
    def is_strip(self) -> bool:
        """Whether the rooms are a strip of icons, which opens over the page."""
        size = self.page.viewport_size
        return size is not None and PHONE <= size["width"] < STRIP

    async def go(self, path: str) -> None:
        """Go somewhere in the page, as its own links do."""
        await self.page.evaluate(
            "(path) => { history.pushState(null, '', path); dispatchEvent(new Event('popstate')); }", path
        )

    async def go_to_room(self, name: str, rest: str = "") -> None:
        await self.go(f"/rooms/{self.demo.rooms[name]}{rest}")
        await expect(self.page.locator("#main, aside").locator("visible=true").first).to_be_visible()

    async def sign_in(self) -> None:
        await self.page.locator("[autocomplete=username]").fill(ME)
        await self.page.locator("[type=password]").fill(self.demo.passwords[ME])
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("nav a[href^='/rooms/']").first).to_be_attached()

    def message(self, name: str) -> Locator:
        return self.page.locator(f"[data-id='{self.demo.messages[name]['id']}'] [data-message]")

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=self.t(key), exact=True)

    async def focus_on(self, name: str) -> None:
        """Open the room and give a message the focus, which shows its bar."""
        await self.go_to_room("harbour")
        await expect(self.message("mine")).to_be_visible()
        await self.message(name).focus()


Step = Callable[[Visit], Awaitable[object]]


@dataclass(frozen=True)
class Screen:
    name: str
    open: Step
    # What is on it once it is there.
    shows: str
    # How one leaves it; most are left by going to the next.
    leave: Step | None = None
    on_phone: bool = True
    on_desk: bool = True


async def escape(visit: Visit) -> None:
    await visit.page.keyboard.press("Escape")


async def enter_wrong(visit: Visit) -> None:
    await visit.page.locator("[autocomplete=username]").fill(ME)
    await visit.page.locator("[type=password]").fill("not this one")
    await visit.page.keyboard.press("Enter")


SIGNED_OUT = [
    Screen("sign-in", lambda visit: visit.go("/"), "[autocomplete=current-password]"),
    Screen("sign-in-refused", enter_wrong, "p[role=alert]"),
    Screen("sign-up", lambda visit: visit.go("/register"), "[autocomplete=new-password]"),
]


async def open_thread(visit: Visit) -> None:
    await visit.go_to_room("harbour", f"/thread/{visit.demo.messages['lamp']['id']}")


async def open_settings(visit: Visit) -> None:
    await visit.go_to_room("harbour", "/about")
    await visit.page.get_by_role("heading", name=visit.t("details.settings")).scroll_into_view_if_needed()


async def add_people(visit: Visit) -> None:
    await visit.go_to_room("harbour", "/members")
    await visit.page.locator("aside .button.primary").click()


async def press_key(visit: Visit, name: str, key: str) -> None:
    await visit.focus_on(name)
    await visit.page.keyboard.press(key)


async def open_profile(visit: Visit) -> None:
    await visit.go_to_room("harbour")
    await visit.message("noted").locator("button[aria-haspopup=dialog]").nth(1).click()


async def write(visit: Visit, text: str) -> None:
    await visit.go_to_room("harbour")
    await visit.page.locator("#composer").fill("")
    await visit.page.locator("#composer").press_sequentially(text)


async def write_formatted(visit: Visit) -> None:
    await write(visit, "Then **oil** it, and `measure`")
    await visit.button("messages.formatting").click()


async def stop_formatting(visit: Visit) -> None:
    await visit.button("messages.formatting").click()
    await visit.page.locator("#composer").fill("")


async def empty_field(visit: Visit) -> None:
    await visit.page.locator("#composer").fill("")


async def open_switcher(visit: Visit) -> None:
    await visit.page.keyboard.press("Control+k")
    await visit.page.keyboard.type("ㄱㅁㅅ")


async def press_outside_fields(visit: Visit, key: str) -> None:
    await visit.page.evaluate("document.activeElement?.blur()")
    await visit.page.keyboard.press(key)


def settings(part: str) -> Step:
    return lambda visit: visit.go(f"/settings/{part}")


async def open_account(visit: Visit) -> None:
    await visit.go("/")
    await visit.page.locator("nav button[aria-haspopup=dialog]").last.click()


async def open_notify_menu(visit: Visit) -> None:
    await visit.go_to_room("harbour")
    await visit.page.locator("#main header [aria-haspopup=menu]").click()


async def press_in_list(visit: Visit, key: str) -> None:
    await visit.go("/")
    if visit.is_strip:
        await visit.button("rooms.open_side").click()
    await visit.button(key).first.click()


async def go_offline(visit: Visit) -> None:
    await visit.go_to_room("harbour")
    context: BrowserContext = visit.page.context
    await context.set_offline(True)
    for text in ("Is the kettle on?", "물이 끓고 있나요?"):
        await visit.page.locator("#composer").fill(text)
        await visit.page.keyboard.press("Enter")
    await expect(visit.page.locator("#main [role=status] strong")).to_be_visible()


async def open_outbox(visit: Visit) -> None:
    await visit.page.keyboard.press("Control+Shift+O")


async def go_online(visit: Visit) -> None:
    for _ in range(await visit.page.locator("aside li").count()):
        await visit.page.locator("aside li").first.hover()
        await visit.page.locator("aside li").first.get_by_role("button", name=visit.t("messages.discard")).click()
    await visit.page.keyboard.press("Escape")
    await visit.page.context.set_offline(False)
    await expect(visit.page.locator("#main [role=status] strong")).to_have_count(0, timeout=30_000)


async def choose_in_inbox(visit: Visit) -> None:
    await visit.go("/inbox")
    await visit.page.locator("#main article").first.click()


async def ask_why(visit: Visit) -> None:
    await visit.page.locator("#main article").get_by_role("button", name=visit.t("inbox.why")).first.click()


async def open_followed(visit: Visit) -> None:
    await visit.go("/threads")
    await visit.page.locator("#main article").first.click()


async def open_more(visit: Visit) -> None:
    await visit.focus_on("mine")
    await visit.message("mine").get_by_role("button", name=visit.t("messages.more")).click()


async def open_order(visit: Visit) -> None:
    await visit.go("/directory")
    await visit.page.locator("#main select").click()


async def sign_out_unsent(visit: Visit) -> None:
    await visit.page.locator("nav button[aria-haspopup=dialog]").last.click()
    await visit.page.get_by_role("button", name=visit.t("account.sign_out")).click()


async def press_long(visit: Visit) -> None:
    await visit.go_to_room("harbour")
    await visit.message("noted").dispatch_event("pointerdown", {"pointerType": "touch", "isPrimary": True, "button": 0})


SIGNED_IN = [
    # First, for whoever looks at a room has read it.
    Screen("inbox", lambda visit: visit.go("/inbox"), "#main article"),
    Screen("inbox-why", ask_why, "#main article [aria-expanded=true]"),
    Screen("inbox-chosen", choose_in_inbox, "aside [data-message]", on_phone=False),
    Screen("unread", lambda visit: visit.go_to_room("lighthouse"), "[data-message]"),
    Screen("home", lambda visit: visit.go("/"), "nav a[href^='/rooms/']", on_desk=False),
    Screen("room", lambda visit: visit.focus_on("mine"), "[data-message]"),
    Screen("direct", lambda visit: visit.go_to_room("direct"), "[data-message]"),
    Screen("archived", lambda visit: visit.go_to_room("old-pier"), "#main [role=log]"),
    Screen("no-such-room", lambda visit: visit.go(f"/rooms/{NO_ROOM}"), "#main p"),
    Screen("welcome", lambda visit: visit.go("/welcome"), "#main li"),
    Screen("threads", lambda visit: visit.go("/threads"), "#main article"),
    Screen("threads-open", open_followed, "aside [data-message]"),
    Screen("join", lambda visit: visit.go("/join"), "#main h1"),
    Screen("directory", lambda visit: visit.go("/directory"), "#main li"),
    Screen("directory-order", open_order, "#main select:open option", leave=escape),
    Screen("thread", open_thread, "aside [data-message]"),
    Screen("about", lambda visit: visit.go_to_room("harbour", "/about"), "aside h3"),
    Screen("room-settings", open_settings, "aside h3"),
    Screen("members", lambda visit: visit.go_to_room("harbour", "/members"), "aside li"),
    Screen("add-people", add_people, "dialog[open]", leave=escape),
    Screen("pins", lambda visit: visit.go_to_room("harbour", "/pins"), "aside li a"),
    Screen("profile", open_profile, "[role=dialog] h2", leave=escape),
    Screen("more", open_more, "[role=menu]", leave=escape, on_phone=False),
    Screen("delete", lambda visit: press_key(visit, "mine", "Delete"), "dialog[open]", leave=escape),
    Screen("edit", lambda visit: press_key(visit, "mine", "e"), "[data-message] textarea", leave=escape),
    Screen("reply", lambda visit: press_key(visit, "noted", "q"), "#main form svg", leave=escape),
    Screen("emoji", lambda visit: press_key(visit, "noted", "r"), "[role=dialog] [role=grid]", leave=escape),
    Screen("names", lambda visit: write(visit, "@m"), "#composer-completions", leave=empty_field),
    Screen("formats", write_formatted, "[role=toolbar]", leave=stop_formatting, on_phone=False),
    Screen("notify", open_notify_menu, "[role=menu]", leave=escape),
    Screen("switcher", open_switcher, "dialog [role=option]", leave=escape),
    Screen("keyboard", lambda visit: press_outside_fields(visit, "?"), "dialog[open]", leave=escape, on_phone=False),
    Screen("account", open_account, "dialog[open]", leave=escape),
    *(Screen(f"settings-{part}", settings(part), "#main h2:visible") for part in SETTINGS),
    Screen("create-channel", lambda visit: press_in_list(visit, "rooms.create"), "dialog[open]", leave=escape),
    Screen("find-person", lambda visit: press_in_list(visit, "rooms.compose"), "dialog[open]", leave=escape),
    Screen("sheet", press_long, "dialog[open]", leave=escape, on_desk=False),
    Screen("offline", go_offline, "#main [role=status] strong"),
    Screen("sign-out", sign_out_unsent, "dialog[open] ul", leave=escape, on_phone=False),
    Screen("outbox", open_outbox, "aside li", leave=go_online),
]


def fits(screen: Screen, visit: Visit) -> bool:
    return screen.on_phone if visit.is_phone else screen.on_desk


async def walk(visit: Visit, screens: list[Screen], look: Callable[[Screen], Awaitable[object]]) -> None:
    """Open each screen, look at it, and leave it."""
    for screen in screens:
        if not fits(screen, visit):
            continue
        await screen.open(visit)
        await expect(visit.page.locator(screen.shows).first, screen.name).to_be_visible(timeout=15_000)
        await look(screen)
        if screen.leave:
            await screen.leave(visit)
