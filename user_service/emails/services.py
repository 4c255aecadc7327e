"""What gives people an e-mail address, confirms it and takes it away.

An address belongs to the one account that confirmed it. Whether another has is said to nobody but who reads its mail.
"""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from chatflow.errors import Conflict, NotFound
from chatflow.ids import new_id
from user_service.accounts import selectors as accounts
from user_service.accounts.models import User
from user_service.emails import addresses, tokens
from user_service.emails.models import CONFIRMATION, EmailConfirmation, OutgoingMail
from user_service.emails.waking import WAKE

GOOD_FOR = timedelta(hours=24)


@transaction.atomic
def ask_for_confirmation(user_id: uuid.UUID, *, address: str, language: str, now: datetime) -> None:
    """Send a link to this address; until it is followed, the one confirmed before stays.

    Asked again for the same address, it is the same link: whoever did not wait for the first mail may follow either.
    """
    user = accounts.lock_user(user_id)
    if user.email_key == addresses.comparable(address):
        forget_pending(user_id)
        return
    waiting = EmailConfirmation.objects.filter(user_id=user_id).first()
    if waiting is None or waiting.address != address or waiting.expires_at <= now:
        forget_pending(user_id)
        waiting = EmailConfirmation(id=uuid.UUID(new_id()), user=user, address=address)
    waiting.token_hash = tokens.fingerprint(tokens.write_token(waiting.id))
    waiting.expires_at, waiting.is_refused = now + GOOD_FOR, False
    waiting.save()
    OutgoingMail.objects.filter(user_id=user_id, kind=CONFIRMATION).delete()
    OutgoingMail.objects.create(
        id=uuid.UUID(new_id()),
        user=user,
        kind=CONFIRMATION,
        language=language,
        next_try_at=now,
        expires_at=waiting.expires_at,
    )
    transaction.on_commit(WAKE.set)


@transaction.atomic
def confirm(token: str, *, now: datetime) -> None:
    """Take the address that the link was sent to; raises NotFound for a link that is no good, or not any more."""
    token_hash = tokens.fingerprint(token)
    found = EmailConfirmation.objects.filter(token_hash=token_hash).first()
    if found is None:
        raise no_good()
    # The person is locked before what they have, as everywhere, and then it may be gone.
    user = accounts.lock_user(found.user_id)
    waiting = EmailConfirmation.objects.filter(token_hash=token_hash, expires_at__gt=now).first()
    if waiting is None or user.deactivated:
        raise no_good()
    confirmed = {
        "email": waiting.address,
        "email_key": addresses.comparable(waiting.address),
        "email_confirmed_at": now,
    }
    try:
        with transaction.atomic():
            User.objects.filter(id=user.id).update(**confirmed)
    except IntegrityError:
        raise Conflict("email: another account has confirmed this address.") from None
    forget_pending(user.id)


@transaction.atomic
def remove_address(user_id: uuid.UUID) -> None:
    """Forget one's address, the one that waits too; without one it is the same."""
    user = accounts.lock_user(user_id)
    User.objects.filter(id=user.id).update(email=None, email_key=None, email_confirmed_at=None)
    forget_pending(user_id)


def forget_pending(user_id: uuid.UUID) -> None:
    EmailConfirmation.objects.filter(user_id=user_id).delete()
    OutgoingMail.objects.filter(user_id=user_id, kind=CONFIRMATION).delete()


def no_good() -> NotFound:
    return NotFound("This link is no good any more: it was used, replaced by a newer one, or is older than 24 hours.")
