"""Rate limits of user_service. Tries are never counted by account alone, so that no stranger can lock somebody out."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from chatflow.http.addresses import household
from user_service.accounts import names
from user_service.emails import addresses as emails
from user_service.quotas import Quota, Quotas

# Everybody who is connected is told of each change.
PROFILES_PER_MINUTE = 30
# Each is a fact that all workers are told of.
BLOCKS_PER_MINUTE = 120
# For one who mistypes, waits and asks again; and to one address, whoever asks, since it may be somebody else's.
MAILS_PER_HOUR, MAILS_TO_AN_ADDRESS_PER_HOUR = 10, 5
# From one address. A link cannot be guessed; this bounds the work.
LINKS_PER_MINUTE = 60
MINUTE, QUARTER, HOUR = 60, 15 * 60, 60 * 60


def count_registration(request: Request | HttpRequest) -> None:
    """Raise RateLimited if this address has registered too often."""
    at_most = settings.CHATFLOW.registrations_per_hour
    quotas().spend(Quota("register", (address_of(request),), at_most, HOUR))


def count_login(request: Request | HttpRequest, *, login: str) -> Quota:
    """Count a try to sign in, also by a name that nobody has; `forgive` takes the result if the password is right."""
    address = address_of(request)
    of_account = account_quota(request, account=names.comparable(login))
    quotas().spend(Quota("login", (address,), settings.CHATFLOW.logins_per_minute, MINUTE), of_account)
    return of_account


def count_password_check(request: Request | HttpRequest, *, account: str) -> Quota:
    """Count a try of somebody signed in who has to give their password; `forgive` takes the result."""
    of_account = account_quota(request, account=account)
    quotas().spend(of_account)
    return of_account


def count_profile(user_id: str) -> None:
    """Raise RateLimited if this person has changed their profile too often."""
    quotas().spend(Quota("profile", (user_id,), PROFILES_PER_MINUTE, MINUTE))


def count_block(user_id: str) -> None:
    """Raise RateLimited if this person has blocked and unblocked too often."""
    quotas().spend(Quota("block", (user_id,), BLOCKS_PER_MINUTE, MINUTE))


def count_mail(user_id: str | None, *, address: str) -> None:
    """Raise RateLimited if this person has asked for too many mails, or if too many went to this address."""
    if user_id:
        quotas().spend(Quota("mail", (user_id,), MAILS_PER_HOUR, HOUR))
    # Only then: whoever may ask for no more uses up nothing of what others may ask for.
    quotas().spend(Quota("mail_to", (emails.comparable(address),), MAILS_TO_AN_ADDRESS_PER_HOUR, HOUR))


def count_link(request: Request | HttpRequest) -> None:
    """Raise RateLimited if this address has followed too many links of mails."""
    quotas().spend(Quota("link", (address_of(request),), LINKS_PER_MINUTE, MINUTE))


def forgive(quota: Quota) -> None:
    """Forget the tries, because the password was right."""
    if quota.at_most:
        quotas().forgive(quota)


def account_quota(request: Request | HttpRequest, *, account: str) -> Quota:
    return Quota("account", (account, address_of(request)), settings.CHATFLOW.tries_per_account, QUARTER)


def address_of(request: Request | HttpRequest) -> str:
    """Return the client's address as the gateway passes it on, or else the address of whoever asks."""
    return household(request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("REMOTE_ADDR", ""))


@cache
def quotas() -> Quotas:
    return Quotas(settings.CHATFLOW.redis)
