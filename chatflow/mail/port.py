"""What every way to send a mail can do, whatever stands behind it."""

from typing import Protocol

import msgspec


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail to one address. Whoever sends it again gives the same `message_id`, so that it is known for the same."""

    to: str
    subject: str
    text: str
    html: str
    # `something@a.host`, without angle brackets.
    message_id: str
    # Others than every mail has: `List-Unsubscribe` and the like.
    headers: dict[str, str] = {}


class MailRefused(Exception):
    """This mail, or its address, was refused for good: another try is of no use. It repeats nothing of the mail."""


class Mailer(Protocol):
    """Sends mails."""

    async def send(self, mail: Mail) -> None:
        """Return once the mail is taken; raise MailRefused, or Unavailable if a later try may succeed."""

    async def close(self) -> None:
        """Give up what it has open."""
