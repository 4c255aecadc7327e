"""A mail server of the tests' own, people who are written to, and processes that mail as time goes by."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatflow.http.service_client import ServiceClient
from chatflow.mail.smtp import SmtpMailer
from chatflow.process.mail_addresses import mail_server_of, sender_of
from chatflow.process.running_tasks import RunningTasks
from chatflow.wire.outbox import Job
from notification_service.channels.email.recipients import Recipients
from notification_service.channels.email.tokens import UnsubscribeTokens
from notification_service.channels.email.worker import MailWorker
from notification_service.channels.stories import Stories
from notification_service.deciding.instants import text_of
from notification_service.deciding.notices import IN_APP, Notice, notice_id
from notification_service.deciding.preferences import Mails as MailWishes
from notification_service.deciding.preferences import Preferences
from notification_service.stores.database import Database
from notification_service.stores.mails import Mails
from notification_service.stores.models import StoredDelivery
from notification_service.stores.notices import Store
from notification_service.stores.preferences import PreferencesStore
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge, details_about, recipient
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.servers.mail import MailServer, run_mail_server

SITE = "https://chat.example.com"
# A Friday; nine in the evening in Seoul.
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
# A mail goes out so long after a notice: the delay, and a minute in which more may come.
DELAY = timedelta(minutes=11)

Ends = dict[int, tuple[str, str | None]]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


class Post:
    """Bob, who is written to, what is owed to him, and the time, which goes on only when a test says so."""

    def __init__(
        self, database: Database, edge: MessageServiceEdge, users: UserServiceEdge, server: MailServer
    ) -> None:
        self.now = NOON
        self.edge = edge
        self.users = users
        self.database = database
        self.mails = Mails(database)
        self.preferences = PreferencesStore(database)
        self._server = server
        self._messages = ServiceClient("message_service", edge.url, SECRET)
        self._users = ServiceClient("user_service", users.url, SECRET)
        users.write_to("bob", "bob@example.com")

    def go_on(self, by: timedelta = DELAY) -> None:
        self.now += by

    async def wish(self, user_id: str = "bob", *, shows_text: bool = True, **wish: Any) -> None:
        def change(before: Preferences) -> Preferences:
            return Preferences(email=MailWishes(**wish), push=type(before.push)(text=shows_text))

        await self.preferences.change(user_id, change, now=text_of(self.now))

    async def call(self, *seqs: int, room_id: str = "room", user_id: str = "bob", text: str = "only here") -> None:
        """Let somebody be mentioned by alice, and owe it to them."""
        wishes = await self.preferences.of([user_id])
        for seq in seqs:
            details = details_about(Job(room_id, seq), recipient(user_id))
            assert details.event is not None
            details.event["message"] |= {"text": text, "mentions": {"users": [user_id]}}
            self.edge.store(details)
            notice = Notice(
                id=notice_id(room_id, seq, user_id=user_id, channel=IN_APP),
                user_id=user_id,
                room_id=room_id,
                seq=seq,
                channel=IN_APP,
                kind="mention",
                actor="alice",
                at=f"2026-11-20T10:00:{seq % 60:02}.000Z",
            )
            await Store(self.database).record([notice], now=text_of(self.now))
            await self.mails.owe([notice], wishes={one: wish.email for one, wish in wishes.items()}, now=self.now)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[MailWorker]:
        """Let a process live until this is left, when it dies in the middle of whatever it does."""
        address = mail_server_of(self._server.url)
        assert address is not None
        worker = MailWorker(
            mails=self.mails,
            stories=Stories(messages=self._messages, users=self._users, withholding=self.preferences.withholding_text),
            wishes=self.preferences.of,
            recipients=Recipients(self._users).of,
            mailer=SmtpMailer(address, sender=sender_of("ChatFlow <chat@example.com>"), send_within_seconds=600),
            tokens=UnsubscribeTokens(SECRET),
            site=SITE,
            clock=lambda: self.now,
        )
        tasks = RunningTasks()
        tasks.start(worker.run())
        yield worker
        tasks.cancel()
        worker.cancel()

    async def ends(self, *, room_id: str = "room", user_id: str = "bob") -> Ends:
        """Return by seq what became of what a person was called by."""
        ids = {notice_id(room_id, seq, user_id=user_id, channel=IN_APP): seq for seq in range(1, 200)}
        found = await self.mails.of_notices(list(ids))
        return {ids[one]: (each.state, each.reason) for one, some in found.items() for each in some}

    async def see(self, wanted: Ends, *, room_id: str = "room", user_id: str = "bob") -> None:
        """Wait until this is what became of it."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while (seen := await self.ends(room_id=room_id, user_id=user_id)) != wanted:
            assert time.monotonic() < deadline, seen

    async def see_put_off(self, until: datetime, *, seqs: list[int]) -> None:
        """Wait until these wait for that time, and nobody has them."""
        own = StoredDelivery.objects.filter(ended_at=None).order_by("id").values_list("due_at", "claim")
        deadline = time.monotonic() + WITHIN_SECONDS
        while (seen := await self.database.read(lambda: list(own.all()))) != [(text_of(until), "")] * len(seqs):
            assert time.monotonic() < deadline, seen

    async def close(self) -> None:
        await self._messages.close()
        await self._users.close()


@pytest.fixture
async def post(
    database: Database, edge: MessageServiceEdge, users: UserServiceEdge, server: MailServer
) -> AsyncIterator[Post]:
    post = Post(database, edge, users, server)
    yield post
    await post.close()
