"""Roles in the installation: who is its first owner, and that it does not lose its last one."""

from typing import get_args

import structlog
from django.db import transaction

from chatflow.errors import Conflict, Forbidden, NotFound
from chatflow.protocol.objects import AccountRole
from user_service.accounts import selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.models import Installation, User
from user_service.facts.services import record_role

log = structlog.get_logger(__name__)

ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
GIVEN_BY_ADMINS: tuple[AccountRole, ...] = ("member", "guest")


def role_of_newcomer() -> AccountRole:
    """Return what a new account is; to be asked in the transaction that makes it.

    The first of an empty installation is its owner. Of two at once the second waits here until the first is there, or
    has failed.
    """
    is_first = Installation.objects.filter(has_accounts=False).update(has_accounts=True) == 1
    # A program from before roles makes accounts and leaves the row as it is.
    return "owner" if is_first and not User.objects.exists() else "member"


def change_role(*, username: str, role: AccountRole, actor: User | None = None) -> User:
    """Give somebody another role, or raise NotFound, or Conflict where nobody would own the installation any more.

    With an actor, raise Forbidden where they may not do this. Without one, whoever runs the installation asks.
    """
    with transaction.atomic():
        # Held until the commit: of two owners, of whom each is to lose the role at once, one keeps it.
        lock_installation()
        found = selectors.find_by_username(username)
        if found is None:
            raise NotFound("There is nobody with this name.")
        user = selectors.lock_user(found.id)
        if actor is not None:
            refuse_change(actor, account=user, role=role)
        before = user.account_role
        if before == "owner" and role != "owner" and not has_owner_beside(user):
            raise Conflict("This is the last owner; make somebody else an owner first.")
        user.role = role
        user.sign_outs += role != before
        user.save(update_fields=["role", "sign_outs"])
        # Also if nothing changed: whoever tries again may have lost the answer before anybody was told.
        record_role(user.id, role)
        # Not before the commit, also if a caller's transaction is around this one. Read anew then, because the last of
        # two changes that are told has to tell of both.
        transaction.on_commit(lambda: tell_of_profile(selectors.access_user(user.id).public))
    if role != before:
        log.info("a role was changed", user_id=str(user.id), before=before, after=role)
    return user


def lock_installation() -> None:
    """Lock what decides who may do what, until the transaction ends: roles and deactivation change behind it alone."""
    Installation.objects.select_for_update().get()


def refuse_change(actor: User, *, account: User, role: AccountRole | None = None) -> None:
    """Raise Forbidden where the actor may not change this account, or not give this role; behind the lock alone.

    Both may have changed since the actor's page was made, so both are as they are now.
    """
    now = selectors.access_user(actor.id)
    if now.deactivated or not may_change(now, account=account):
        raise Forbidden("You may not change this account any more.")
    if role is not None and role not in roles_given_by(now):
        raise Forbidden("You may not give this role any more.")


def may_change(actor: User, *, account: User) -> bool:
    """Tell whether somebody may change another's role or deactivate them.

    An owner may change everybody, an admin only those who are neither owner nor admin.
    """
    return actor.is_superuser or (actor.is_staff and account.role in GIVEN_BY_ADMINS)


def roles_given_by(actor: User) -> tuple[AccountRole, ...]:
    """Return the roles that somebody may give to those whom they may change."""
    return ROLES if actor.is_superuser else GIVEN_BY_ADMINS if actor.is_staff else ()


def has_owner_beside(user: User) -> bool:
    owners = User.objects.filter(role="owner", deactivated=False, bot=False)
    return owners.exclude(id=user.id).exists()
