"""Reads e-mail addresses."""

import uuid
from collections.abc import Iterable

import msgspec

from chatflow.protocol.objects import Profile
from chatflow.wire.mail_recipients import MailRecipient
from user_service.accounts import selectors as accounts
from user_service.accounts.models import User
from user_service.emails.models import EmailConfirmation


def own_profile(user: User) -> Profile:
    """Return what the person themselves is shown of their account."""
    waiting = EmailConfirmation.objects.filter(user_id=user.id).first()
    # One from before confirmations is like one whose link nobody followed.
    pending = waiting.address if waiting else None if user.email_confirmed_at else user.email
    return msgspec.structs.replace(
        user.own,
        email=user.email if user.email_confirmed_at else pending,
        email_confirmed=user.email_confirmed_at is not None,
        email_pending=pending,
        email_refused=waiting is not None and waiting.is_refused,
    )


def mail_recipients(user_ids: Iterable[uuid.UUID]) -> list[MailRecipient]:
    """Return how to write to those of these people that exist; no address is told but a confirmed one."""
    return [
        MailRecipient(
            id=str(user.id),
            email=user.email if user.email_confirmed_at and not user.deactivated else None,
            display_name=user.display_name,
            locale=user.locale,
            time_zone=user.time_zone,
        )
        for user in accounts.find_by_ids(user_ids)
    ]
