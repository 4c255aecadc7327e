"""What changes accounts."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from chatflow.errors import Conflict, Forbidden, Unauthenticated
from chatflow.ids import new_id
from user_service.accounts import names, passwords, selectors
from user_service.accounts.models import User
from user_service.accounts.telling import tell_of_profile
from user_service.sessions import services as sessions
from user_service.sessions.models import Session


def register(*, username: str, password: str, display_name: str | None, email: str | None, now: datetime) -> User:
    """Make an account, or raise Invalid or Conflict."""
    username = names.check_username(username)
    passwords.check_password(password, username=username)
    user = User(
        id=uuid.UUID(new_id()),
        username=username,
        username_key=names.comparable(username),
        email=email,
        password_hash="",
        created_at=now,
    )
    name_person(user, display_name=username if display_name is None else display_name)
    # Asked first to spare the hash; the index decides.
    if User.objects.filter(username_key=user.username_key).exists():
        raise Conflict("username: already taken.")
    user.password_hash = passwords.hash_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict("username: already taken.") from None
    return user


def authenticate(*, login: str, password: str) -> User:
    """Return whose name and password these are; a wrong name and a wrong password answer alike."""
    user = selectors.find_by_username(login)
    if not passwords.matches_password(password, user.password_hash if user else None) or user is None:
        raise Unauthenticated("The name or the password is wrong.")
    if user.deactivated:
        raise Unauthenticated("The name or the password is wrong.")
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
        user.save(update_fields=["password_hash"])
    return user


def update_profile(user: User, *, changes: dict[str, str | None]) -> User:
    """Change `display_name` and `status`, those of them that are given, and tell whoever is connected."""
    before = user.public
    if (display_name := changes.get("display_name")) is not None:
        name_person(user, display_name=display_name)
    if "status" in changes:
        user.status = names.check_status(changes["status"] or "")
    if user.public != before:
        user.save(update_fields=["display_name", "display_key", "initials_key", "status"])
        transaction.on_commit(lambda: tell_of_profile(user.public))
    return user


def change_password(user: User, *, current: str, new: str, kept: Session, now: datetime) -> None:
    """Change the password, which ends every other session."""
    if not passwords.matches_password(current, user.password_hash):
        raise Forbidden("current: this is not your password.")
    passwords.check_password(new, username=user.username, field="new")
    new_hash = passwords.hash_password(new)
    with transaction.atomic():
        user.password_hash = new_hash
        user.save(update_fields=["password_hash"])
        sessions.revoke_all(user.id, reason="password", now=now, but=kept.id)


def name_person(user: User, *, display_name: str) -> None:
    user.display_name = names.check_display_name(display_name)
    user.display_key = names.comparable(user.display_name)
    user.initials_key = names.initials(user.display_name)
