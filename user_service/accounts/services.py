"""Makes and changes accounts."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from chatflow.errors import Conflict, Unauthenticated
from chatflow.ids import new_id
from chatflow.protocol.looks import look
from chatflow.protocol.objects import AccountRole
from user_service.accounts import names, passwords, profile_fields, selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.models import User
from user_service.accounts.password_rules import check_password
from user_service.accounts.roles import role_of_newcomer
from user_service.facts.services import record_profile

PROFILE_FIELDS = (
    *("display_name", "display_key", "initials_key", "status", "status_emoji", "status_until"),
    *("title", "locale", "time_zone"),
)
CHECKS: dict[str, Callable[[str | None], str | None]] = {
    "title": profile_fields.check_title,
    "locale": profile_fields.check_locale,
    "time_zone": profile_fields.check_time_zone,
}


def register(
    *,
    username: str,
    password: str,
    display_name: str | None,
    email: str | None,
    now: datetime,
    role: AccountRole | None = None,
) -> User:
    """Make an account, or raise Invalid or Conflict; without a role it gets that of a newcomer."""
    username = names.check_username(username)
    check_password(password, username=username)
    user = User(
        id=uuid.UUID(new_id()),
        username=username,
        username_key=names.comparable(username),
        look_key=look(username),
        email=email,
        password="",
        created_at=now,
    )
    # Checked first to save the work of hashing; the unique indexes decide.
    if User.objects.filter(username_key=user.username_key).exists():
        raise Conflict("username: already taken.")
    if User.objects.filter(look_key=user.look_key).exists():
        raise Conflict("username: it looks like one that is taken.")
    name_person(user, display_name=username if display_name is None else display_name)
    user.password = passwords.hash_password(password)
    try:
        with transaction.atomic():
            role_of_this_one = role_of_newcomer()
            user.role = role or role_of_this_one
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict("username: already taken.") from None
    return user


def make_account(username: str, password: str, *, email: str | None, role: AccountRole | None) -> User:
    """Make an account for whoever runs the installation, or raise Invalid or Conflict."""
    return register(username=username, password=password, display_name=None, email=email, role=role, now=timezone.now())


def authenticate(*, login: str, password: str) -> User:
    """Return the account, or raise the same error for a wrong name as for a wrong password."""
    user = selectors.find_by_username(login)
    if not passwords.matches_password(password, user.password if user else None) or user is None:
        raise Unauthenticated("The name or the password is wrong.")
    if user.deactivated:
        raise Unauthenticated("The name or the password is wrong.")
    if passwords.is_outdated(user.password):
        new_hash = passwords.hash_password(password)
        # Only if the hash is still the one that was compared; meanwhile the password may have been changed.
        User.objects.filter(id=user.id, password=user.password).update(password=new_hash)
    return user


def update_profile(user_id: uuid.UUID, *, changes: dict[str, Any], now: datetime) -> User:
    """Change what is given of one's profile, and tell everybody who is connected what is public of it."""
    with transaction.atomic():
        user = selectors.lock_user(user_id)
        before = user.public
        if (display_name := changes.get("display_name")) is not None:
            name_person(user, display_name=display_name)
        if "status" in changes:
            wanted: dict[str, Any] = changes["status"] or {}
            user.status_emoji, user.status, user.status_until = profile_fields.check_status(
                emoji=wanted.get("emoji"), text=wanted.get("text"), until=wanted.get("until"), now=now
            )
        for name, check in CHECKS.items():
            if name in changes:
                setattr(user, name, check(changes[name]))
        user.save(update_fields=PROFILE_FIELDS)
        has_changed = user.public != before
        if has_changed:
            record_profile(user_id)
    if has_changed:
        # Read anew: of two changes at once, the one that is told last has to tell of both.
        tell_of_profile(selectors.access_user(user_id).public)
    return user


def name_person(user: User, *, display_name: str) -> None:
    """Set the display name, or raise Conflict where it passes for the username of somebody else.

    The other way round nothing is refused: display names need not be unique, so they keep no username from anybody.
    """
    checked = names.check_display_name(display_name)
    if checked == user.display_name:
        return
    others = User.objects.exclude(id=user.id)
    if others.filter(Q(look_key=look(checked)) | Q(username_key=names.comparable(checked))).exists():
        raise Conflict("display_name: it looks like the username of somebody else.")
    user.display_name = checked
    user.display_key = names.comparable(checked)
    user.initials_key = names.initials(checked)
