"""A mail server of the tests' own (aiosmtpd, in a thread), which keeps what it takes and answers as it is told."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.servers.ports import find_free_port

TAKEN = "250 taken"


class MailServer:
    """What arrived, and what is answered next: of each list the first, and `250` when it is empty."""

    def __init__(self, **options: Any) -> None:
        self.port = find_free_port()
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self.answers: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        # Whether it takes a mail and never says so.
        self.is_silent = False
        self.tries = 0
        self._arrived = threading.Condition()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=60, authenticator=self.log_in, **options
        )

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def wait_for_mails(self, count: int, *, timeout_seconds: float = 60.0) -> list[EmailMessage]:
        """Return all mails once there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, timeout_seconds), self.mails
            return list(self.mails)

    def wait_for_tries(self, count: int, *, timeout_seconds: float = 60.0) -> None:
        """Return once somebody tried so many times to hand over a mail, whatever was answered."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.tries >= count, timeout_seconds), self.tries

    def log_in(self, server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword) -> AuthResult:
        self.logins.append((login.login.decode(), login.password.decode()))
        return AuthResult(success=login.password == b"right/p@ss", handled=False)

    async def handle_RCPT(  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next_answer("RCPT")
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
            self.recipients.append(address)
        else:
            self._count_try()
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # aiosmtpd's name
        answer = self._next_answer("DATA")
        content = envelope.original_content or b""
        if answer == TAKEN:
            with self._arrived:
                self.mails.append(message_from_bytes(content, policy=policy.default))
        self._count_try()
        if self.is_silent:
            await asyncio.Event().wait()
        return answer

    def _next_answer(self, command: str) -> str:
        return self.answers[command].pop(0) if self.answers[command] else TAKEN

    def _count_try(self) -> None:
        with self._arrived:
            self.tries += 1
            self._arrived.notify_all()


@contextmanager
def run_mail_server(**options: Any) -> Iterator[MailServer]:
    server = MailServer(**options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def tls_options(context: ssl.SSLContext) -> dict[str, Any]:
    """Return what makes the server offer STARTTLS, and take no password without it."""
    return {"tls_context": context, "auth_require_tls": True}


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return the plain text of a mail, or its HTML."""
    part = mail.get_body(preferencelist=(kind,))
    assert part is not None
    content: str = part.get_content()
    return content
