"""Asks user_service how people are written to: their confirmed address, their language and where they are."""

from collections.abc import Collection

from chatflow.batches import batches
from chatflow.http.service_client import ServiceClient
from chatflow.wire.mail_recipients import MailRecipient, MailRecipients

PEOPLE_AT_ONCE = 1000


class Recipients:
    def __init__(self, users: ServiceClient) -> None:
        self._users = users

    async def of(self, user_ids: Collection[str]) -> dict[str, MailRecipient]:
        """Return by id those of them that exist; one whose `email` is None gets no mail."""
        found: dict[str, MailRecipient] = {}
        for ids in batches(sorted(user_ids), PEOPLE_AT_ONCE):
            answer = await self._users.post_json(
                "/internal/users/recipients", {"ids": list(ids)}, MailRecipients, idempotent=True
            )
            found |= {one.id: one for one in answer.recipients}
        return found
