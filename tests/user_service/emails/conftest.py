"""A user_service that sends its mails to a mail server of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.mail import MailServer, run_mail_server
from tests.user_service.running import UserService, open_user_service

ORIGIN = "https://chat.example.com"


def mail_settings(url: str) -> dict[str, str]:
    return {"mail_url": url, "mail_from": "ChatFlow <chat@example.com>", "public_url": ORIGIN}


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with run_mail_server() as server:
        yield server


@pytest.fixture
def mailing(tmp_path: Path, migrated_url: str, mail_server: MailServer) -> Iterator[UserService]:
    """On each database in turn."""
    with open_user_service(tmp_path, database_url=migrated_url, **mail_settings(mail_server.url)) as service:
        yield service
