"""Roles in the installation: who gets the first one."""

from chatflow.protocol.objects import AccountRole
from user_service.accounts.models import Installation, User


def role_of_newcomer() -> AccountRole:
    """Return what a new account is; to be asked in the transaction that makes it.

    The first of an empty installation is its owner. Of two at once the second waits here until the first is there, or
    has failed.
    """
    is_first = Installation.objects.filter(has_accounts=False).update(has_accounts=True) == 1
    # A program of the version before makes accounts and leaves the row as it is.
    return "owner" if is_first and not User.objects.exists() else "member"
