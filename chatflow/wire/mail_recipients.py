"""How to write mails to people, as user_service tells it: `POST /internal/users/recipients {ids}`, 1,000 at most."""

import msgspec


class MailRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """One person."""

    id: str
    # Confirmed; null is for whoever gets no mail.
    email: str | None
    display_name: str
    # A language tag, and a name of the time zone database; null is for whoever never chose.
    locale: str | None
    time_zone: str | None


class MailRecipients(msgspec.Struct, frozen=True, kw_only=True):
    """Those of the people asked for that exist."""

    recipients: list[MailRecipient]
