"""Changes passwords, which ends sessions."""

from datetime import datetime

from django.db import transaction

from chatflow.errors import Forbidden
from user_service.accounts import passwords
from user_service.accounts import selectors as accounts
from user_service.accounts.models import User
from user_service.accounts.password_rules import check_password
from user_service.sessions import services
from user_service.sessions.models import Session


def change_password(user: User, *, current: str, new: str, kept: Session, now: datetime) -> None:
    """Change one's own password, which ends every other session."""
    if not passwords.matches_password(current, user.password):
        raise Forbidden("current: this is not your password.")
    check_password(new, username=user.username, field="new")
    new_hash = passwords.hash_password(new)
    with transaction.atomic():
        # A sign-in takes this lock too. So it is over before, and its session ends below; or it comes after, and finds
        # that the password which it compared is no longer the one.
        locked = accounts.lock_user(user.id)
        if locked.password_version != user.password_version:
            raise Forbidden("current: this is not your password.")
        replace_password(locked, new_hash)
        services.revoke_all(user.id, reason="password", now=now, but=kept.id)


def set_password(user: User, *, new: str, now: datetime) -> None:
    """Give somebody a new password without the old one, for an operator; it ends all their sessions."""
    check_password(new, username=user.username)
    new_hash = passwords.hash_password(new)
    with transaction.atomic():
        replace_password(accounts.lock_user(user.id), new_hash)
        services.revoke_all(user.id, reason="password", now=now)


def replace_password(locked: User, new_hash: str) -> None:
    locked.password = new_hash
    locked.password_version += 1
    locked.save(update_fields=["password", "password_version"])
