"""What a process leaves when it dies is sent by another, once its lease has ended and not before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from chatflow.http.outbound import Outbound, OutboundGuard
from chatflow.http.service_client import ServiceClient
from chatflow.process.running_tasks import RunningTasks
from chatflow.wire.outbox import Job
from notification_service.channels.stories import Stories
from notification_service.channels.web_push.sender import PushSender
from notification_service.channels.web_push.vapid import Vapid
from notification_service.channels.web_push.worker import PushWorker
from notification_service.channels.worker import LEASE_SECONDS
from notification_service.deciding.deliveries import Subscription
from notification_service.deciding.instants import text_of
from notification_service.deciding.notices import IN_APP, Notice, notice_id
from notification_service.stores.database import Database
from notification_service.stores.notices import Store
from notification_service.stores.preferences import PreferencesStore
from notification_service.stores.pushes import Pushes
from notification_service.stores.subscriptions import Subscriptions
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.push_service import Browser, PushService, hanging, taken
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge, details_about, recipient
from tests.notification_service.user_service_edge import UserServiceEdge


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Workers:
    """Lets processes live and die on one database."""

    def __init__(self, database: Database, edge: MessageServiceEdge, users: UserServiceEdge, push: PushService) -> None:
        self.clock = Clock()
        self.database = database
        self._messages = ServiceClient("message_service", edge.url, SECRET)
        self._users = ServiceClient("user_service", users.url, SECRET)
        self._push = push

    @asynccontextmanager
    async def living(self) -> AsyncIterator[PushWorker]:
        """Let one live until this is left, when it dies in the middle of whatever it does."""
        outbound = Outbound(OutboundGuard([f"localhost:{self._push.port}"]))
        pushes = Pushes(self.database)
        worker = PushWorker(
            pushes=pushes,
            stories=Stories(
                messages=self._messages,
                users=self._users,
                rooms_that_call=pushes.rooms_that_call,
                withholding=PreferencesStore(self.database).withholding_text,
            ),
            sender=PushSender(outbound, Vapid(generate_private_key(SECP256R1()), contact="https://localhost")),
            site="",
            clock=self.clock,
        )
        tasks = RunningTasks()
        tasks.start(worker.run())
        yield worker
        tasks.cancel()
        worker.cancel()
        await outbound.close()

    async def close(self) -> None:
        await self._messages.close()
        await self._users.close()


@pytest.fixture
async def workers(
    database: Database, edge: MessageServiceEdge, users: UserServiceEdge, push: PushService
) -> AsyncIterator[Workers]:
    workers = Workers(database, edge, users, push)
    yield workers
    await workers.close()


async def owe(workers: Workers, edge: MessageServiceEdge, browser: Browser) -> None:
    """Let bob have been mentioned, and be owed a push."""
    keys, now = browser.subscription["keys"], text_of(workers.clock())
    await Subscriptions(workers.database).keep(
        Subscription(
            id="phone",
            user_id="bob",
            session_id="one",
            endpoint=browser.endpoint,
            p256dh=keys["p256dh"],
            auth=keys["auth"],
            device="phone",
            language="en",
            shows_text=True,
            created_at=now,
            confirmed_at=now,
        )
    )
    notice = Notice(
        id=notice_id("room", 1, user_id="bob", channel=IN_APP),
        user_id="bob",
        room_id="room",
        seq=1,
        channel=IN_APP,
        kind="mention",
        actor="alice",
        at="2026-11-20T10:00:00.000Z",
    )
    edge.store(details_about(Job("room", 1), recipient("bob")))
    await Store(workers.database).record([notice], now=now)
    tomorrow = text_of(workers.clock() + timedelta(days=1))
    await Pushes(workers.database).owe([notice], now=now, expires_at=tomorrow)


async def test_what_a_process_that_died_had_is_sent_by_another_once_its_lease_has_ended(
    workers: Workers, edge: MessageServiceEdge, push: PushService
) -> None:
    browser = push.open_browser()
    browser.answer = hanging
    await owe(workers, edge, browser)
    async with workers.living():
        await until(lambda: browser.asked == 1, within_seconds=WITHIN_SECONDS)
    browser.answer = taken

    async with workers.living() as second:
        # It has looked, and left it alone.
        assert await second._claim() == []
        workers.clock.ahead += timedelta(seconds=LEASE_SECONDS)
        await until(lambda: len(browser.pushes) == 1, within_seconds=WITHIN_SECONDS)

    assert browser.asked == 2


async def test_a_process_that_is_told_to_finish_sends_what_it_has_and_takes_nothing_more(
    workers: Workers, edge: MessageServiceEdge, push: PushService
) -> None:
    browser = push.open_browser()
    await owe(workers, edge, browser)

    async with workers.living() as worker:
        await until(lambda: browser.asked == 1, within_seconds=WITHIN_SECONDS)
        await worker.finish()
        found = await Pushes(workers.database).of_notices([notice_id("room", 1, user_id="bob", channel=IN_APP)])

    assert [one.state for some in found.values() for one in some] == ["sent"]
