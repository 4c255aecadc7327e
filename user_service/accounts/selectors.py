"""Reads accounts."""

import uuid
from collections.abc import Iterable

from django.db.models import Q

from chatflow.errors import NotFound
from user_service.accounts import names
from user_service.accounts.models import User

FOUND_AT_MOST = 20


def access_user(user_id: uuid.UUID) -> User:
    """Return the person, or raise NotFound."""
    try:
        return User.objects.get(id=user_id)
    except User.DoesNotExist:
        raise NotFound from None


def lock_user(user_id: uuid.UUID) -> User:
    """Lock the account's row until the transaction ends and return it, or raise NotFound."""
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise NotFound
    return user


def find_by_username(username: str) -> User | None:
    return User.objects.filter(username_key=names.comparable(username)).first()


def find_by_ids(user_ids: Iterable[uuid.UUID]) -> list[User]:
    """Return those of these people that exist, in the order asked for."""
    found = User.objects.in_bulk(list(user_ids))
    return [found[user_id] for user_id in dict.fromkeys(user_ids) if user_id in found]


def search(text: str) -> list[User]:
    """Return the first people whose name begins so, `ㄱㅁ` being how 김민지 begins too."""
    key = names.comparable(text.strip())
    begins_so = Q(username_key__startswith=key) | Q(display_key__startswith=key)
    if sought := names.initials_sought(text.strip()):
        begins_so |= Q(initials_key__startswith=sought)
    return list(User.objects.filter(begins_so, deactivated=False)[:FOUND_AT_MOST])
