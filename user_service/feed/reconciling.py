"""Records roles that a program from before account facts gave beside us. A later version removes this.

Beside roles it changes nothing that has a fact but sessions, and those are read where it writes them.
"""

import uuid

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from user_service.accounts import selectors as accounts
from user_service.accounts.models import User
from user_service.facts.models import Fact
from user_service.facts.services import record_role

AT_ONCE = 500


def record_unrecorded_roles() -> None:
    """Compare the roles that were told with those of the accounts: as many as there are facts of roles."""
    role = User.objects.filter(id=OuterRef("subject")).values("role")
    told = Fact.objects.filter(kind="role").annotate(role=Subquery(role)).filter(role__isnull=False)
    for user_id in list(told.exclude(value=F("role")).values_list("subject", flat=True)[:AT_ONCE]):
        record_role_of(user_id)


@transaction.atomic
def record_role_of(user_id: uuid.UUID) -> None:
    user = accounts.lock_user(user_id)
    record_role(user.id, user.account_role)
