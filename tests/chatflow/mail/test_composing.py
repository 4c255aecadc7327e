"""Headers stand in a mail as a mail program looks for them."""

from datetime import UTC, datetime
from email.headerregistry import Address

from aiosmtplib.email import flatten_message

from chatflow.mail.composing import compose
from chatflow.mail.port import Mail

LINK = f"<https://chat.example.com/api/notifications/email/unsubscribe?token={'x' * 80}>"


def test_a_long_link_and_a_long_id_are_written_as_they_are() -> None:
    mail = Mail(
        to="kim@example.com",
        subject="읽지 않은 알림",
        text="",
        html="",
        message_id=f"{'0' * 36}@a-long-name-of-a-host.of-a-large-company.example.com",
        headers={"List-Unsubscribe": LINK, "X-Words": "one two " * 20},
    )

    message = compose(mail, sender=Address("Chat", addr_spec="chat@example.com"), now=datetime.now(UTC))
    # As the library writes it that hands it over.
    lines = flatten_message(message, cte_type="7bit").split(b"\r\n")

    assert f"List-Unsubscribe: {LINK}".encode() in lines
    assert f"Message-ID: <{mail.message_id}>".encode() in lines
    # Whatever can be folded, or is not in ASCII, is as it was.
    assert max(len(line) for line in lines if line.startswith(b"X-Words")) < 79
    assert [line for line in lines if line.startswith(b"Subject: =?utf-8?")] != []
