"""What people do with their addresses, and with the links that they get by mail."""

import re
from email.message import EmailMessage
from typing import Any

from tests.servers.mail import text_of
from tests.user_service.emails.conftest import ORIGIN
from tests.user_service.running import Answer, Person, UserService

LINK = re.compile(rf"{re.escape(ORIGIN)}/confirm-email#([\w-]+)")


def give(service: UserService, person: Person, address: str, **headers: str) -> Answer:
    body = {"email": address}
    return service.ask("POST", "/api/users/me/email", body, token=person.access, headers=headers or None)


def token_in(mail: EmailMessage) -> str:
    found: set[str] = set(LINK.findall(text_of(mail)) + LINK.findall(text_of(mail, "html")))
    assert len(found) == 1
    return found.pop()


def follow(service: UserService, token: str) -> Answer:
    return service.post("/api/auth/email/confirm", {"token": token})


def me(service: UserService, person: Person) -> dict[str, Any]:
    profile: dict[str, Any] = service.get("/api/users/me", token=person.access).body
    return profile


def email_of(service: UserService, person: Person) -> tuple[str | None, bool, str | None]:
    """Return the address that they have, whether it is confirmed, and the one that waits."""
    profile = me(service, person)
    return profile["email"], profile["email_confirmed"], profile["email_pending"]
