"""Sends mails to a mail server by SMTP, each by a connection of its own and within a deadline."""

import asyncio
import ipaddress
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from chatflow.errors import Unavailable
from chatflow.mail.composing import compose
from chatflow.mail.port import Mail, MailRefused
from chatflow.process.mail_addresses import MailServer, mail_address_of

# From the look-up of the name to the answer that the mail is taken; servers look at a mail for some seconds.
SEND_WITHIN_SECONDS = 30.0
GOODBYE_WITHIN_SECONDS = 1.0


class SmtpMailer:
    """Sends each mail to one server. What it raises has neither an address nor a word of the server in it."""

    def __init__(
        self,
        server: MailServer,
        *,
        sender: Address,
        send_within_seconds: float = SEND_WITHIN_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._server = server
        self._sender = sender
        self._send_within_seconds = send_within_seconds
        self._now = now

    async def send(self, mail: Mail) -> None:
        message = compose(mail, sender=self._sender, now=self._now())
        recipient = mail_address_of(mail.to).addr_spec
        client = self._client()
        try:
            async with asyncio.timeout(self._send_within_seconds):
                await self._connect(client)
                await self._hand_over(client, message, recipient=recipient)
        except TimeoutError:
            raise Unavailable(f"the mail server {self._server!r} did not take a mail in time") from None
        else:
            # It is taken, whatever becomes of the goodbye.
            with suppress(TimeoutError, SMTPException, OSError):
                await client.quit(timeout=GOODBYE_WITHIN_SECONDS)
        finally:
            client.close()

    async def close(self) -> None:
        """Nothing stays open between two mails."""

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=self._send_within_seconds,
            use_tls=server.tls,
            start_tls=starts_tls(server),
            # What it calls itself: the name of the machine is nobody's business, and looking it up may block.
            local_hostname=self._sender.domain,
        )

    async def _connect(self, client: SMTP) -> None:
        """Get as far as a mail can be handed over. What fails here fails for every mail, so a later try may succeed."""
        try:
            await client.connect()
        except SMTPResponseException as error:
            raise Unavailable(f"the mail server {self._server!r} let nobody in: it answered {error.code}") from None
        except (SMTPException, OSError) as error:
            raise Unavailable(f"the mail server {self._server!r} let nobody in: {type(error).__name__}") from None

    async def _hand_over(self, client: SMTP, message: EmailMessage, *, recipient: str) -> None:
        try:
            await client.send_message(message, sender=self._sender.addr_spec, recipients=[recipient])
        except aiosmtplib.SMTPNotSupported:
            raise MailRefused("the mail server takes no address with such characters") from None
        except SMTPRecipientsRefused as error:
            raise refusal(error.recipients[0].code) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # That is the same for every mail, until the operator puts it right.
            raise Unavailable(f"the mail server refused CHATFLOW_MAIL_FROM: it answered {error.code}") from None
        except SMTPResponseException as error:
            raise refusal(error.code) from None
        except (SMTPException, OSError) as error:
            raise Unavailable(f"the mail server {self._server!r} went away: {type(error).__name__}") from None


def starts_tls(server: MailServer) -> bool | None:
    """Tell whether STARTTLS has to be; None is: where it is offered. No password goes over a network in the clear."""
    if server.tls:
        return False
    return True if server.password and not is_loopback(server.host) else None


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refusal(code: int) -> Exception:
    """Return what a server meant by this answer to one mail: 5xx is for good, anything else for now."""
    if code >= 500:
        return MailRefused(f"the mail server refused it for good: it answered {code}")
    return Unavailable(f"the mail server did not take it now: it answered {code}")
