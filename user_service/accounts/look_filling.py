"""Fills in `look_key` of accounts that an older version made; until then others could take names that look alike."""

import uuid

from django.db import IntegrityError, transaction

from chatflow.protocol.looks import look
from user_service.accounts.models import User

AT_ONCE = 500


def fill_looks() -> None:
    """Give the key to the oldest of accounts that look alike, unless somebody has it already; the others get none."""
    # Ids are made in the order of time.
    lacking = User.objects.filter(look_key=None).order_by("id").values_list("id", "username")
    some = list(lacking[:AT_ONCE])
    while some:
        looks = {user_id: look(username) for user_id, username in some}
        taken = set(User.objects.filter(look_key__in=looks.values()).values_list("look_key", flat=True))
        for user_id, wanted in looks.items():
            if wanted not in taken:
                taken.add(wanted)
                give_look(user_id, wanted)
        some = list(lacking.filter(id__gt=some[-1][0])[:AT_ONCE])


def give_look(user_id: uuid.UUID, wanted: str) -> None:
    try:
        with transaction.atomic():
            User.objects.filter(id=user_id, look_key=None).update(look_key=wanted)
    except IntegrityError:
        # Somebody has just registered with a name that looks like this one.
        return
