"""Mails what is due: all of a person's notices in one mail, which keeps its Message-ID however often it is sent.

A mail has its id, and what goes into it, before it is sent. So where a kill falls between sending and recording, the
second copy has the Message-ID of the first. Some mails are under way at once: one that stands still delays few others.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import structlog

from chatflow.errors import ChatFlowError
from chatflow.ids import new_id
from chatflow.mail.port import Mail, Mailer, MailRefused
from chatflow.wire.mail_recipients import MailRecipient
from notification_service.channels.email.api import UNSUBSCRIBE_PATH
from notification_service.channels.email.letters import Unread, write_letter
from notification_service.channels.email.tokens import UnsubscribeTokens
from notification_service.channels.stories import Stories, Story
from notification_service.channels.worker import LEASE_SECONDS, NOT_MADE, Worker
from notification_service.deciding.deliveries import EMAIL, Claimed, Settled
from notification_service.deciding.instants import text_of
from notification_service.deciding.mail_times import LIVES, looked_at, mailed_from
from notification_service.deciding.preferences import Mails as MailWishes
from notification_service.deciding.preferences import Preferences
from notification_service.metrics import MAIL_LAG_SECONDS
from notification_service.stores.mails import Mails

log = structlog.get_logger(__name__)

# A person has no more than one mail in so long, however busy their rooms are.
BETWEEN_SECONDS = 30 * 60.0
# For a server that is away, or wants us to come back later.
PAUSE_SECONDS = (60.0, 300.0, 900.0, 3600.0, 7200.0)
# Each pause is longer by up to so much, so that those who failed together do not come back together.
JITTER = 0.25
CHANCE = SystemRandom()

Parts = Sequence[tuple[Claimed, Story]]


class MailWorker(Worker):
    channel = EMAIL
    # A mail server lets in no more at once than some ten.
    at_once = 8

    def __init__(
        self,
        *,
        mails: Mails,
        stories: Stories,
        wishes: Callable[[Sequence[str]], Awaitable[Mapping[str, Preferences]]],
        recipients: Callable[[Collection[str]], Awaitable[Mapping[str, MailRecipient]]],
        mailer: Mailer,
        tokens: UnsubscribeTokens,
        site: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = CHANCE.random,
    ) -> None:
        super().__init__(deliveries=mails, stories=stories, clock=clock)
        self._mails = mails
        self._wishes = wishes
        self._recipients = recipients
        self._mailer = mailer
        self._tokens = tokens
        self._site = site
        self._chance = chance

    async def claim(self, free: int) -> list[Claimed]:
        return await self._mails.claim_due(
            now=self.clock(),
            lease=timedelta(seconds=LEASE_SECONDS),
            claim=new_id(),
            limit=free,
            busy=self.busy_endpoints,
            between=timedelta(seconds=BETWEEN_SECONDS),
        )

    async def deliver(self, claimed: Sequence[Claimed]) -> None:
        """Find out what is to be mailed still, and send each person one mail of it."""
        people = sorted({one.endpoint for one in claimed})
        try:
            wishes, recipients = await asyncio.gather(self._wishes(people), self._recipients(people))
        except ChatFlowError as error:
            log.warning("mails have to wait", error=error.message, people=len(people))
            for one in claimed:
                self.settle(self.put_off(one, error))
            return
        except Exception:
            log.exception("how people are written to cannot be found out", people=len(people))
            self._settle_all(claimed, state="failed", error=NOT_MADE)
            return
        left = []
        for one in claimed:
            wish = wishes.get(one.endpoint, Preferences()).email
            if settled := self._settled_by_wish(one, wish, recipients.get(one.endpoint)):
                self.settle(settled)
            else:
                left.append(one)
        await self._send_all(left, recipients)

    def _settled_by_wish(self, one: Claimed, wish: MailWishes, recipient: MailRecipient | None) -> Settled | None:
        """Return how it ended without anybody being asked for the message, or that it waits for its time."""
        if wish.mode == "none":
            return Settled(delivery=one, state="suppressed", reason="off")
        if recipient is None or recipient.email is None:
            return Settled(delivery=one, state="suppressed", reason="no_address")
        due = mailed_from(wish, owed_at=datetime.fromisoformat(one.owed_at), zone=recipient.time_zone)
        # A mail that may have been sent already is the same mail, whatever was wished for since.
        if one.bundle is None and due > self.clock():
            due_at, expires_at = text_of(looked_at(wish, due)), text_of(due + LIVES)
            return Settled(delivery=one, state="waiting", due_at=due_at, expires_at=expires_at)
        return None

    async def _send_all(self, claimed: Sequence[Claimed], recipients: Mapping[str, MailRecipient]) -> None:
        stories = await self.find_stories(claimed)
        parts: defaultdict[str, list[tuple[Claimed, Story]]] = defaultdict(list)
        for one in claimed:
            story = stories[one.id]
            if isinstance(story, Settled):
                self.settle(story)
            elif self.is_late(one):
                self.settle(Settled(delivery=one, state="expired"))
            else:
                parts[one.endpoint].append((one, story))
        for person, some in parts.items():
            self.tasks.start(self._send(some, recipients[person]))

    async def _send(self, parts: Parts, recipient: MailRecipient) -> None:
        """Send one mail, and settle all that is in it."""
        claimed = [one for one, _ in parts]
        first = claimed[0]
        bundle = first.bundle or new_id()
        try:
            # In a thread: it takes some milliseconds of a processor.
            mail = await asyncio.to_thread(self._write, parts, recipient, bundle)
            # To find out what it says took some of the lease; to send it has the whole of one.
            leased_until = self.clock() + timedelta(seconds=LEASE_SECONDS)
            if not await self._mails.bind(claimed, bundle=bundle, leased_until=leased_until):
                # Our lease has ended, and another process has them.
                self._settle_all(claimed, state="waiting", due_at=text_of(self.clock()))
                return
        except ChatFlowError as error:
            for one in claimed:
                self.settle(self.put_off(one, error))
            return
        except Exception:
            log.exception("a mail cannot be written", notices=len(claimed))
            self._settle_all(claimed, state="failed", error=NOT_MADE)
            return
        await self._hand_over(mail, claimed)

    async def _hand_over(self, mail: Mail, claimed: Sequence[Claimed]) -> None:
        try:
            await self._mailer.send(mail)
        except MailRefused as refusal:
            self._settle_all(claimed, state="failed", reason="refused", error=str(refusal))
        except ChatFlowError as error:
            tries = min(claimed[0].attempts, len(PAUSE_SECONDS))
            pause = PAUSE_SECONDS[tries - 1] * (1 + JITTER * self._chance())
            due_at = text_of(self.clock() + timedelta(seconds=pause))
            self._settle_all(claimed, state="waiting", error=error.message, due_at=due_at, asked=True)
        except Exception:
            log.exception("a mail cannot be sent", notices=len(claimed))
            self._settle_all(claimed, state="failed", error=NOT_MADE)
        else:
            self._settle_all(claimed, state="sent")
            for one in claimed:
                MAIL_LAG_SECONDS.observe((self.clock() - datetime.fromisoformat(one.owed_at)).total_seconds())

    def _settle_all(self, claimed: Sequence[Claimed], **how: Any) -> None:
        for one in claimed:
            self.settle(Settled(delivery=one, **how))

    def _write(self, parts: Parts, recipient: MailRecipient, bundle: str) -> Mail:
        assert recipient.email is not None  # noqa: S101 - else it was suppressed
        return write_letter(
            [Unread(one.notice, story) for one, story in parts if one.notice is not None],
            to=recipient,
            address=recipient.email,
            message_id=f"{bundle}@{urlsplit(self._site).hostname}",
            site=self._site,
            unsubscribe=f"{self._site}{UNSUBSCRIBE_PATH}?token={self._tokens.write(recipient.id)}",
        )
