"""What one address may try here. Nobody can be kept out by a stranger: an account alone is never what is counted."""

from functools import cache

from django.conf import settings
from rest_framework.request import Request

from chatflow.http.addresses import household
from user_service.accounts import names
from user_service.quotas import Quota, Quotas

# Everybody who is connected is told of each; nobody has so many names in a minute.
PROFILES_PER_MINUTE = 30
# Each is a fact that all workers are told of.
BLOCKS_PER_MINUTE = 120
MINUTE, QUARTER, HOUR = 60, 15 * 60, 60 * 60


def count_registration(request: Request) -> None:
    """Raise RateLimited where this address has tried too often."""
    at_most = settings.CHATFLOW.registrations_per_hour
    quotas().spend(Quota("register", (address_of(request),), at_most, HOUR))


def count_login(request: Request, *, login: str) -> Quota:
    """Count before the password is looked at, and the same for a name that nobody has; forgive what is returned."""
    address = address_of(request)
    of_account = account_quota(request, account=names.comparable(login))
    quotas().spend(Quota("login", (address,), settings.CHATFLOW.logins_per_minute, MINUTE), of_account)
    return of_account


def count_password_check(request: Request, *, account: str) -> Quota:
    """The same for somebody signed in who has to show their password."""
    of_account = account_quota(request, account=account)
    quotas().spend(of_account)
    return of_account


def count_profile(user_id: str) -> None:
    """Raise RateLimited where this person has changed their profile too often."""
    quotas().spend(Quota("profile", (user_id,), PROFILES_PER_MINUTE, MINUTE))


def count_block(user_id: str) -> None:
    """Raise RateLimited where this person has blocked and unblocked too often."""
    quotas().spend(Quota("block", (user_id,), BLOCKS_PER_MINUTE, MINUTE))


def forgive(quota: Quota) -> None:
    """The password was right."""
    if quota.at_most:
        quotas().forgive(quota)


def account_quota(request: Request, *, account: str) -> Quota:
    return Quota("account", (account, address_of(request)), settings.CHATFLOW.tries_per_account, QUARTER)


def address_of(request: Request) -> str:
    """Return the address that the gateway names, which replaces whatever a client claims; else whoever asks us."""
    return household(request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("REMOTE_ADDR", ""))


@cache
def quotas() -> Quotas:
    return Quotas(settings.CHATFLOW.redis)
