"""Deactivates accounts and makes them active again; whoever runs the installation decides that."""

import uuid

import structlog
from django.db import transaction

from chatflow.errors import Conflict
from user_service.accounts import selectors
from user_service.accounts.announcing import tell_of_profile
from user_service.accounts.models import Installation, User
from user_service.accounts.roles import has_owner_beside
from user_service.facts.services import record_deactivation

log = structlog.get_logger(__name__)


def change_deactivated(user_id: uuid.UUID, *, deactivated: bool) -> User:
    """Raise NotFound, or Conflict where nobody would own the installation any more.

    A deactivated account's tokens are refused everywhere within two seconds, and its sockets end. Sessions are not
    revoked: whoever is active again goes on with those that have not expired.
    """
    with transaction.atomic():
        # Held until the commit: of two owners who are deactivated at once, one stays.
        Installation.objects.select_for_update().get()
        user = selectors.lock_user(user_id)
        if deactivated and user.account_role == "owner" and not has_owner_beside(user):
            raise Conflict("This is the last owner; make somebody else an owner first.")
        user.deactivated = deactivated
        user.save(update_fields=["deactivated"])
        record_deactivation(user_id, holds=deactivated)
    log.info("an account was changed", user_id=str(user_id), deactivated=deactivated)
    tell_of_profile(user.public)
    return user
