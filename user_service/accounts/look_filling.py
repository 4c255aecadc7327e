"""Gives a look to accounts that an older program made: until then others could take names that look like theirs."""

import uuid

from django.db import IntegrityError, transaction

from user_service.accounts.looks import look
from user_service.accounts.models import User

AT_ONCE = 500


def fill_looks() -> None:
    """Of accounts that look alike the oldest gets the look, but takes it from nobody; the others have none."""
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
        # Somebody has just registered by a name that looks like this one.
        return
