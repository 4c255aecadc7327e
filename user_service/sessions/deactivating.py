"""Deactivates accounts and activates them again, as somebody who runs the installation decides."""

import uuid

import structlog
from django.db import transaction
from django.utils import timezone

from chatflow.errors import Conflict
from user_service.accounts import selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.models import User
from user_service.accounts.roles import has_owner_beside, lock_installation, refuse_change
from user_service.facts.services import record_deactivation
from user_service.sessions import services as sessions

log = structlog.get_logger(__name__)


def change_deactivated(user_id: uuid.UUID, *, deactivated: bool, actor: User | None = None) -> User:
    """Raise NotFound, Conflict if nobody would own the installation any more, Forbidden if the actor may not do this.

    A deactivated account's tokens are refused everywhere within two seconds, its sockets are closed, and its sessions
    are revoked: somebody who is activated again has to sign in.
    """
    with transaction.atomic():
        # Locked until the commit: of two owners who are deactivated at once, one stays.
        lock_installation()
        user = selectors.lock_user(user_id)
        if actor is not None:
            refuse_change(actor, account=user)
        if deactivated and user.account_role == "owner" and not has_owner_beside(user):
            raise Conflict("This is the last owner; make somebody else an owner first.")
        user.deactivated = deactivated
        user.save(update_fields=["deactivated"])
        if deactivated:
            sessions.revoke_all(user_id, reason="deactivated", now=timezone.now())
        record_deactivation(user_id, holds=deactivated)
        public = user.public
        # Not before the commit, also if a caller's transaction is around this one.
        transaction.on_commit(lambda: tell_of_profile(public))
    log.info("an account was changed", user_id=str(user_id), deactivated=deactivated)
    return user
