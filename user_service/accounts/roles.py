"""Roles in the installation: who is its first owner, and that it does not lose its last one."""

import structlog
from django.db import transaction

from chatflow.errors import Conflict, NotFound
from chatflow.protocol.objects import AccountRole
from user_service.accounts import selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.models import Installation, User
from user_service.facts.services import record_role

log = structlog.get_logger(__name__)


def role_of_newcomer() -> AccountRole:
    """Return what a new account is; to be asked in the transaction that makes it.

    The first of an empty installation is its owner. Of two at once the second waits here until the first is there, or
    has failed.
    """
    is_first = Installation.objects.filter(has_accounts=False).update(has_accounts=True) == 1
    # A program of the version before makes accounts and leaves the row as it is.
    return "owner" if is_first and not User.objects.exists() else "member"


def change_role(*, username: str, role: AccountRole) -> User:
    """Give somebody another role, or raise NotFound, or Conflict where nobody would own the installation any more."""
    with transaction.atomic():
        # Held until the commit: of two owners, of whom each is to lose the role at once, one keeps it.
        Installation.objects.select_for_update().get()
        found = selectors.find_by_username(username)
        if found is None:
            raise NotFound("There is nobody with this name.")
        user = selectors.lock_user(found.id)
        before = user.account_role
        if before == "owner" and role != "owner" and not has_owner_beside(user):
            raise Conflict("This is the last owner; make somebody else an owner first.")
        user.role = role
        user.save(update_fields=["role"])
        # Also where nothing changed: then whoever tries again has perhaps not heard that it did.
        record_role(user.id, role)
    if role != before:
        log.info("a role was changed", user_id=str(user.id), before=before, after=role)
    # Also where nothing changed: whoever tries again may have lost the answer before anybody was told.
    tell_of_profile(selectors.access_user(user.id).public)
    return user


def has_owner_beside(user: User) -> bool:
    owners = User.objects.filter(role="owner", deactivated=False, bot=False)
    return owners.exclude(id=user.id).exists()
