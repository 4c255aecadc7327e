"""What changes accounts."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from chatflow.errors import Conflict, Forbidden, Unauthenticated
from chatflow.ids import new_id
from chatflow.protocol.objects import AccountRole
from user_service.accounts import names, passwords, selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.looks import look
from user_service.accounts.models import User
from user_service.accounts.password_rules import check_password
from user_service.accounts.roles import role_of_newcomer
from user_service.facts.services import record_profile
from user_service.sessions import services as sessions
from user_service.sessions.models import Session


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
    # Asked first to spare the hash; the indexes decide.
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


def authenticate(*, login: str, password: str) -> User:
    """Return whose name and password these are; a wrong name and a wrong password answer alike."""
    user = selectors.find_by_username(login)
    if not passwords.matches_password(password, user.password if user else None) or user is None:
        raise Unauthenticated("The name or the password is wrong.")
    if user.deactivated:
        raise Unauthenticated("The name or the password is wrong.")
    if passwords.is_outdated(user.password):
        new_hash = passwords.hash_password(password)
        # Only in the place of the hash that was compared: another may belong to another password by now.
        User.objects.filter(id=user.id, password=user.password).update(password=new_hash)
    return user


def update_profile(user_id: uuid.UUID, *, changes: dict[str, str | None]) -> User:
    """Change `display_name` and `status`, those of them that are given, and tell whoever is connected."""
    with transaction.atomic():
        user = selectors.lock_user(user_id)
        before = user.public
        if (display_name := changes.get("display_name")) is not None:
            name_person(user, display_name=display_name)
        if "status" in changes:
            user.status = names.check_status(changes["status"] or "")
        has_changed = user.public != before
        if has_changed:
            user.save(update_fields=["display_name", "display_key", "initials_key", "status"])
            record_profile(user_id)
    if has_changed:
        # Read anew: of two changes at once, the one that is told last has to tell of both.
        tell_of_profile(selectors.access_user(user_id).public)
    return user


def change_password(user: User, *, current: str, new: str, kept: Session, now: datetime) -> None:
    """Change one's own password, which ends every other session."""
    if not passwords.matches_password(current, user.password):
        raise Forbidden("current: this is not your password.")
    check_password(new, username=user.username, field="new")
    new_hash = passwords.hash_password(new)
    with transaction.atomic():
        # A sign-in takes this lock too. So it is over before, and its session ends below; or it comes after, and finds
        # that the password which it compared is no longer the one.
        locked = selectors.lock_user(user.id)
        if locked.password_version != user.password_version:
            raise Forbidden("current: this is not your password.")
        replace_password(locked, new_hash)
        sessions.revoke_all(user.id, reason="password", now=now, but=kept.id)


def set_password(user: User, *, new: str, now: datetime) -> None:
    """Give somebody a new password without the old one, for an operator; it ends all their sessions."""
    check_password(new, username=user.username)
    new_hash = passwords.hash_password(new)
    with transaction.atomic():
        replace_password(selectors.lock_user(user.id), new_hash)
        sessions.revoke_all(user.id, reason="password", now=now)


def replace_password(locked: User, new_hash: str) -> None:
    locked.password = new_hash
    locked.password_version += 1
    locked.save(update_fields=["password", "password_version"])


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
