"""Makes a message of a mail: headers that nothing can be smuggled into, plain text, and HTML beside it."""

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from chatflow.mail.port import Mail, MailRefused
from chatflow.process.mail_addresses import mail_address_of

HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


class WholeWord(UnstructuredHeader, BaseHeader):
    """Leaves a value without a blank as it is: Python would encode a long link, which no mail program reads."""

    def fold(self, *, policy: Policy) -> str:
        if self.isascii() and not any(map(str.isspace, self)):
            return f"{self.name}: {self}{policy.linesep}"
        return super().fold(policy=policy)


HEADERS = HeaderRegistry(default_class=WholeWord)
HEADERS.map_to_type("message-id", WholeWord)
# Every server takes seven bits.
POLICY = SMTP.clone(cte_type="7bit", header_factory=HEADERS)


def compose(mail: Mail, *, sender: Address, now: datetime) -> EmailMessage:
    """Return the message, or raise MailRefused for a header with a line break or an address that is none."""
    message = EmailMessage(policy=POLICY)
    try:
        message["From"] = sender
        message["To"] = mail_address_of(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{mail.message_id}>"
        # So that no absence note comes back.
        message["Auto-Submitted"] = "auto-generated"
        for name, value in mail.headers.items():
            message[check_name(name)] = value
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
    except (MessageError, ValueError):
        raise MailRefused("a header or the address of the mail is not valid") from None
    return message


def check_name(header: str) -> str:
    """Return the header's name; raises ValueError for one with a line break, of which Python checks values alone."""
    if not HEADER_NAME.fullmatch(header):
        raise ValueError("it is not a header")
    return header
