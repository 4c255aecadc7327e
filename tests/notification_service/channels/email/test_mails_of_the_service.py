"""The service mails what is unread where it has a mail server, ends that by a link, and nothing else waits for it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from notification_service.deciding import mail_times
from notification_service.stores import mails
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS, Stage
from tests.notification_service.channels.push_service import PushService
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import MessageServiceEdge
from tests.notification_service.process import Service, ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.servers.mail import MailServer

PREFERENCES = "/api/notifications/preferences"
REACH = "/api/notifications/email"


@pytest.fixture(autouse=True)
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a minute be over at once; a day stays what it is."""
    monkeypatch.setattr(mail_times, "MINUTE", timedelta(milliseconds=10))
    monkeypatch.setattr(mail_times, "GATHERED", timedelta())
    monkeypatch.setattr(mails, "GATHERED", timedelta())


@pytest.fixture
async def mailing(
    tmp_path: Path,
    valkey_url: str,
    edge: MessageServiceEdge,
    users: UserServiceEdge,
    migrated_url: str,
    push: PushService,
    server: MailServer,
) -> AsyncIterator[Service]:
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    service.settings["outbound_allowed"] = f"localhost:{push.port}"
    service.settings["public_url"] = "https://chat.example.com"
    service.settings["mail_url"] = server.url
    service.settings["mail_from"] = "ChatFlow <chat@example.com>"
    await service.start()
    yield service
    await service.close()


@pytest.fixture
def stage(mailing: Service, edge: MessageServiceEdge, push: PushService, users: UserServiceEdge) -> Stage:
    stage = Stage(mailing, edge, push)
    users.write_to(stage.bob, "bob@example.com")
    return stage


async def ask_without_signing_in(stage: Stage, method: str, link: str) -> aiohttp.ClientResponse:
    """Follow a link of a mail to this service, as anybody or their mail program does."""
    split = urlsplit(link)
    url = f"http://127.0.0.1:{stage.service.port}{split.path}?{split.query}"
    async with aiohttp.ClientSession() as session:
        answer = await session.request(
            method, url, data={"List-Unsubscribe": "One-Click"} if method == "POST" else None
        )
        await answer.read()
        return answer


async def link_of_a_mail(stage: Stage, server: MailServer) -> str:
    await stage.call(1)
    await stage.see({1: [("sent", None)]})
    # As it stands in the mail, where a program looks for it.
    raw = dict(server.mails[0].raw_items())["List-Unsubscribe"]
    return str(raw).strip().strip("<>")


async def mode_of(stage: Stage) -> Any:
    return (await stage.service.ask("GET", PREFERENCES, user_id=stage.bob))[1]["email"]["mode"]


async def test_a_call_is_mailed_and_the_inbox_says_so(stage: Stage, server: MailServer) -> None:
    assert await stage.service.ask("GET", REACH, user_id=stage.bob) == (
        200,
        {"sends": True, "address": "bob@example.com"},
    )

    await stage.call(1, text="only here")

    await stage.see({1: [("sent", None)]})
    assert [mail["Subject"] for mail in server.mails] == ["Somebody mentioned you in #general"]


async def test_a_press_on_a_mail_programs_button_ends_all_mails(stage: Stage, server: MailServer) -> None:
    link = await link_of_a_mail(stage, server)

    looked = await ask_without_signing_in(stage, "GET", link)
    assert (looked.status, await mode_of(stage)) == (200, "unread")
    assert '<form method="post">' in await looked.text()
    assert "script" not in looked.headers["Content-Security-Policy"]
    pressed = await ask_without_signing_in(stage, "POST", link)

    assert (pressed.status, await mode_of(stage)) == (200, "none")
    await stage.call(2)
    await stage.see({1: [("sent", None)], 2: []})
    assert link.startswith("https://chat.example.com/api/notifications/email/unsubscribe?token=")


async def test_a_link_that_somebody_made_up_changes_nothing(stage: Stage, server: MailServer) -> None:
    link = await link_of_a_mail(stage, server)

    for made_up in (link[:-1], link.replace(stage.bob, "somebody"), f"{REACH}/unsubscribe"):
        assert (await ask_without_signing_in(stage, "POST", made_up)).status == 400

    assert await mode_of(stage) == "unread"


async def test_what_waits_ends_when_its_person_wants_no_mails(stage: Stage, server: MailServer) -> None:
    await stage.service.ask("PUT", PREFERENCES, user_id=stage.bob, json={"email": {"mode": "weekly"}})
    await stage.call(1)
    await stage.see({1: [("waiting", None)]})

    await stage.service.ask("PUT", PREFERENCES, user_id=stage.bob, json={"email": {"mode": "none"}})

    await stage.see({1: [("suppressed", "off")]})
    assert server.tries == 0


@pytest.mark.parametrize(
    "email", [{"mode": "hourly"}, {"delay_minutes": 0}, {"delay_minutes": 1441}, {"delay_minutes": "10"}, {"more": 1}]
)
async def test_a_wish_that_nobody_can_have_is_refused(stage: Stage, email: dict[str, Any]) -> None:
    answer = await stage.service.ask("PUT", PREFERENCES, user_id=stage.bob, json={"email": email})

    assert answer[0] == 400


async def test_a_mail_server_that_stands_still_delays_nothing_else(
    stage: Stage, server: MailServer, sockets: Sockets
) -> None:
    browser, _ = await stage.subscribe()
    server.is_silent = True
    await stage.call(1)
    await until(lambda: server.tries == 1, within_seconds=WITHIN_SECONDS)

    await stage.call(*range(2, 6))

    await until(lambda: len(sockets.told) == 5, within_seconds=WITHIN_SECONDS)
    await until(lambda: len(browser.pushes) == 5, within_seconds=WITHIN_SECONDS)
    assert (await stage.deliveries())[1] == [("sent", None), ("waiting", None)]


async def test_without_a_mail_server_no_mail_is_owed(
    pushing: Service, edge: MessageServiceEdge, push: PushService, users: UserServiceEdge
) -> None:
    stage = Stage(pushing, edge, push)
    users.write_to(stage.bob, "bob@example.com")

    await stage.call(1)

    await stage.see({1: []})
    assert (await pushing.ask("GET", REACH, user_id=stage.bob))[1] == {"sends": False, "address": "bob@example.com"}
